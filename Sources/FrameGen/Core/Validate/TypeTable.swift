import BusSchema

/// All types that a schema can name.
struct TypeTable {
  /// What the name of a type stands for.
  enum Kind {
    case bool, string, bytes
    case number(NumberType)
    case enumeration(EnumDeclaration)
    case structure(StructDeclaration)
  }

  private let kinds: [String: Kind]

  init(_ declarations: Declarations) {
    var kinds: [String: Kind] = ["bool": .bool, "string": .string, "bytes": .bytes]
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
