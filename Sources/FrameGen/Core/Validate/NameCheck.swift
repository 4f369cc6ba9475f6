import BusSchema
import YAMLText

/// Checks that names are well formed, free, and still different from each other in Swift.
struct NameCheck {
  /// The Swift module that the frames are for.
  let module: String?
  private(set) var diagnostics: [Diagnostic] = []

  init(module: String?) {
    self.module = module
  }

  mutating func check(_ declarations: Declarations) {
    let types =
      declarations.enums.map { ("enum", $0.name) } + declarations.structs.map { ("struct", $0.name) }
      + declarations.frames.map { ("frame", $0.name) }
    let wellFormed = types.filter { isUpperCase($0.1, kind: $0.0) }
    for (kind, name) in wellFormed { checkFree(name, kind: kind) }
    checkDistinct(wellFormed.map(\.1), becoming: "the Swift type", SwiftName.type)
    for declaration in declarations.enums {
      let names = declaration.values.map(\.name)
      let wellFormed = names.filter { isUpperCase($0, kind: "enum value") }
      checkDistinct(wellFormed, becoming: "the Swift name", SwiftName.enumValue)
    }
    for fields in declarations.structs.map(\.fields) + declarations.frames.map(\.fields) {
      let names = fields.map(\.name)
      let wellFormed = names.filter { isLowerCase($0) }
      checkDistinct(wellFormed, becoming: "the Swift name", SwiftName.field)
      checkRawNames(of: fields)
    }
  }

  private mutating func isUpperCase(_ name: Located<String>, kind: String) -> Bool {
    let isWellFormed = NameCheck.isIdentifier(name.value, startingWith: "A"..."Z")
    if !isWellFormed {
      report(
        name,
        "'\(name.value)' cannot name \(kind.hasPrefix("e") ? "an" : "a") \(kind); use capital letters, digits and _,"
          + " such as BUTTON_STATE")
    }
    return isWellFormed && isShort(name)
  }

  private mutating func isLowerCase(_ name: Located<String>) -> Bool {
    if NameCheck.isIdentifier(name.value, startingWith: "a"..."z") {
      return isShort(name)
    }
    report(name, "'\(name.value)' cannot name a field; use small letters, digits and _, such as ambient_temperature")
    return false
  }

  private static func isIdentifier(_ name: String, startingWith letters: ClosedRange<Unicode.Scalar>) -> Bool {
    guard let first = name.unicodeScalars.first, letters.contains(first) else { return false }
    return name.unicodeScalars.allSatisfy { letters.contains($0) || ("0"..."9").contains($0) || $0 == "_" }
  }

  private mutating func isShort(_ name: Located<String>) -> Bool {
    if name.value.utf8.count <= Limits.nameBytesMax { return true }
    report(name, "a name of \(name.value.utf8.count) characters; the limit is \(Limits.nameBytesMax), shorten it")
    return false
  }

  private mutating func checkFree(_ name: Located<String>, kind: String) {
    let swift = SwiftName.type(name.value)
    if name.value == "ALL", kind == "frame" {
      report(name, "'ALL' means all frames; choose another name")
    } else if ReservedNames.bus.contains(name.value), module != Validator.busModule {
      report(name, "'\(name.value)' is declared by the bus itself; choose another name")
    } else if [ReservedNames.sdkTypes, ReservedNames.sdkModules, ReservedNames.generatedTypes].contains(where: {
      $0.contains(swift)
    }) {
      report(name, "'\(name.value)' becomes the Swift type \(swift), which the SDK uses; choose another name")
    } else if ReservedNames.swiftTypes.contains(swift) {
      report(name, "'\(name.value)' becomes the Swift type \(swift), which Swift itself uses; choose another name")
    } else if kind == "frame", let module, SwiftName.member(name.value) == SwiftName.frameList(of: module) {
      report(name, "'\(name.value)' would hide FrameType.\(SwiftName.frameList(of: module)); choose another name")
    } else if swift == module {
      report(name, "'\(name.value)' becomes the Swift type \(swift), which is the module's name; choose another name")
    }
  }

  private mutating func checkDistinct(
    _ names: [Located<String>], becoming what: String, _ swiftName: (String) -> String
  ) {
    var seen: [String: Located<String>] = [:]
    for name in names {
      let swift = swiftName(name.value)
      guard let other = seen[swift] else {
        seen[swift] = name
        continue
      }
      let place = other.position.text(seenFrom: name.position)
      if name.value == other.value {
        report(name, "'\(name.value)' is declared already, \(place); rename or remove one of them")
      } else {
        report(
          name, "'\(name.value)' becomes \(what) \(swift), as does '\(other.value)' \(place); rename one of them")
      }
    }
  }

  /// The stored number of a field with a scale has a name of its own in Swift.
  private mutating func checkRawNames(of fields: [FieldDeclaration]) {
    let scaled = fields.filter { $0.fraction != ScaleFraction(1) }.map { (SwiftName.rawField($0.name.value), $0.name) }
    let raw = Dictionary(scaled) { first, _ in first }
    for name in fields.map(\.name) {
      guard let field = raw[SwiftName.field(name.value)] else { continue }
      report(
        name,
        "'\(name.value)' becomes the Swift name \(SwiftName.field(name.value)), which is the stored number of"
          + " '\(field.value)'; rename one of them")
    }
  }

  private mutating func report(_ name: Located<String>, _ message: String) {
    diagnostics.append(Diagnostic(name.position, message))
  }
}
