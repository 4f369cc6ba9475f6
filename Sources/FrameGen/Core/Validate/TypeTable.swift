import BusSchema
import YAMLText

/// All types that a schema can name.
struct TypeTable {
  /// What the name of a type means.
  enum Kind {
    case bool, string, bytes
    case number(NumberType)
    case enumeration(EnumDeclaration)
    case structure(StructDeclaration)
  }

  /// The enum that every schema may use; its Swift type is in BusWire.
  static let jobOutcome = "JOB_OUTCOME"

  private let kinds: [String: Kind]

  init(_ declarations: Declarations) {
    var kinds: [String: Kind] = ["bool": .bool, "string": .string, "bytes": .bytes]
    kinds[Self.jobOutcome] = .enumeration(.jobOutcome)
    for number in NumberType.allCases { kinds[number.rawValue] = .number(number) }
    for declaration in declarations.enums { kinds[declaration.name.value] = .enumeration(declaration) }
    for declaration in declarations.structs { kinds[declaration.name.value] = .structure(declaration) }
    self.kinds = kinds
  }

  /// The type with this name; nil if there is none.
  func kind(_ name: String) -> Kind? { kinds[name] }

  /// Every name, in alphabetical order.
  var names: [String] { kinds.keys.sorted() }

  /// The integers that carry an enum; uint8 unless the schema says otherwise.
  func carrier(of declaration: EnumDeclaration) -> NumberType? {
    guard let type = declaration.type else { return .uint8 }
    return NumberType(rawValue: type.value).flatMap { $0.isFloat ? nil : $0 }
  }
}

extension EnumDeclaration {
  /// How a job ended. Its place is nowhere.
  fileprivate static var jobOutcome: EnumDeclaration {
    let nowhere = Position.start(of: "")
    let names = ["DONE", "FAILED", "REFUSED", "CANCELLED"]
    return EnumDeclaration(
      name: Located(TypeTable.jobOutcome, nowhere), type: nil, doc: nil,
      values: names.enumerated().map { number, name in
        Value(name: Located(name, nowhere), number: Located(Int128(number), nowhere), doc: nil)
      })
  }
}
