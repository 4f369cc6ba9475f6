import BusSchema
import YAMLText

/// Checks that the values of an enum are different numbers of its integer type.
struct EnumCheck {
  let types: TypeTable
  private(set) var diagnostics: [Diagnostic] = []

  init(types: TypeTable) {
    self.types = types
  }

  mutating func check(_ enums: [EnumDeclaration]) {
    for declaration in enums {
      guard let carrier = types.carrier(of: declaration), let numbers = carrier.integers else {
        reportCarrier(of: declaration)
        continue
      }
      checkValues(of: declaration, carrier: carrier, numbers: numbers)
    }
  }

  private mutating func checkValues(
    of declaration: EnumDeclaration, carrier: NumberType, numbers: ClosedRange<Int128>
  ) {
    var seen: [Int128: Located<String>] = [:]
    for value in declaration.values {
      let number = value.number
      if !numbers.contains(number.value) {
        let range = "\(numbers.lowerBound) to \(numbers.upperBound)"
        report(
          number.position,
          "\(value.name.value) is \(number.value), but \(carrier.rawValue) holds \(range); use such a number or a"
            + " wider type")
      } else if let other = seen[number.value] {
        let place = "the value of \(other.value) in line \(other.position.line)"
        report(number.position, "\(value.name.value) is \(number.value), already \(place); give it another number")
      } else {
        seen[number.value] = value.name
      }
    }
  }

  private mutating func reportCarrier(of declaration: EnumDeclaration) {
    guard let type = declaration.type else { return }
    let integers = NumberType.allCases.filter { !$0.isFloat }.map(\.rawValue)
    let advice = Nearest.advice(for: type.value, among: integers)
    report(
      type.position,
      "an enum cannot be of type '\(type.value)'; \(advice)use one of \(integers.joined(separator: ", "))")
  }

  private mutating func report(_ position: Position, _ message: String) {
    diagnostics.append(Diagnostic(position, message))
  }
}
