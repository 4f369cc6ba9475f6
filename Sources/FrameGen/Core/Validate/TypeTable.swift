/// All types that a schema can name.
struct TypeTable {
  private let kinds: [String: TypeKind]

  init(_ file: SchemaFile) {
    var kinds: [String: TypeKind] = ["bool": .bool, "string": .string, "bytes": .bytes]
    for number in NumberType.allCases { kinds[number.rawValue] = .number(number) }
    for declaration in file.enums { kinds[declaration.name.value] = .enumeration(declaration) }
    for declaration in file.structs { kinds[declaration.name.value] = .structure(declaration) }
    self.kinds = kinds
  }

  /// The type with this name; nil if there is none.
  func kind(_ name: String) -> TypeKind? { kinds[name] }

  /// Every name, in alphabetical order.
  var names: [String] { kinds.keys.sorted() }

  /// The integers that carry an enum; uint8 unless the schema says otherwise.
  func carrier(of declaration: EnumDeclaration) -> NumberType? {
    guard let type = declaration.type else { return .uint8 }
    return NumberType(rawValue: type.value).flatMap { $0.isFloat ? nil : $0 }
  }
}
