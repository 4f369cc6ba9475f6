import YAMLText

/// Turns declarations that have passed every check into a model.
struct Translator {
  private let file: SchemaFile
  private let types: TypeTable
  private var enums: [String: EnumModel] = [:]
  private var structs: [String: StructModel] = [:]

  init(_ file: SchemaFile) {
    self.file = file
    types = TypeTable(file)
  }

  mutating func translate() -> SchemaModel {
    SchemaModel(
      enums: file.enums.map { enumeration($0) }, structs: file.structs.map { structure($0) },
      frames: file.frames.map { frame($0) })
  }

  private mutating func enumeration(_ declaration: EnumDeclaration) -> EnumModel {
    let name = declaration.name.value
    if let known = enums[name] { return known }
    guard let carrier = types.carrier(of: declaration) else { preconditionFailure("enum \(name) is not checked") }
    let values = declaration.values.map { EnumModel.Value(name: $0.name.value, number: $0.number.value) }
    let model = EnumModel(name: name, doc: declaration.doc, carrier: carrier, values: values)
    enums[name] = model
    return model
  }

  private mutating func structure(_ declaration: StructDeclaration) -> StructModel {
    let name = declaration.name.value
    if let known = structs[name] { return known }
    let model = StructModel(name: name, doc: declaration.doc, fields: declaration.fields.map { field($0) })
    structs[name] = model
    return model
  }

  private mutating func frame(_ declaration: FrameDeclaration) -> FrameModel {
    let name = declaration.name.value
    guard let id = declaration.id else { preconditionFailure("frame \(name) is not checked") }
    let fields = declaration.fields.map { field($0) }
    return FrameModel(
      name: name, id: UInt16(id.value), doc: declaration.doc, priority: declaration.priority,
      isRetained: declaration.isRetained, fields: fields, fieldList: FieldList.text(of: fields))
  }

  private mutating func field(_ declaration: FieldDeclaration) -> FieldModel {
    guard let expression = declaration.type?.value, let kind = types.kind(expression.name) else {
      preconditionFailure("field \(declaration.name.value) is not checked")
    }
    let type = valueType(kind, expression.shape)
    return FieldModel(
      name: declaration.name.value, doc: declaration.doc, type: type, unit: declaration.unit?.value,
      scale: declaration.scale?.value.real, min: declaration.min.flatMap { type.number($0.value) },
      max: declaration.max.flatMap { type.number($0.value) },
      defaultValue: declaration.defaultLiteral.flatMap { type.defaultValue($0.value) })
  }

  private mutating func valueType(_ kind: TypeKind, _ shape: Shape) -> ValueType {
    switch (kind, shape) {
    case (.string, .bounded(let bound)): ValueType(element: .string(bound: bound), shape: .single)
    case (.bytes, .bounded(let bound)): ValueType(element: .bytes(bound: bound), shape: .single)
    case (.string, _): ValueType(element: .string(bound: nil), shape: shape)
    case (.bytes, _): ValueType(element: .bytes(bound: nil), shape: shape)
    case (.bool, _): ValueType(element: .bool, shape: shape)
    case (.number(let number), _): ValueType(element: .number(number), shape: shape)
    case (.enumeration(let declaration), _): ValueType(element: .enumeration(enumeration(declaration)), shape: shape)
    case (.structure(let declaration), _): ValueType(element: .structure(structure(declaration)), shape: shape)
    }
  }
}

extension ValueType {
  fileprivate func number(_ number: Number) -> Number? {
    guard case .number(let type) = element else { return nil }
    return type.value(number)
  }

  fileprivate func defaultValue(_ literal: DefaultLiteral) -> DefaultValue? {
    guard case .scalar(let text, _) = literal else { return .emptyArray }
    switch element {
    case .bool: return .bool(text == "true")
    case .number(let type): return Number(text).flatMap { type.value($0) }.map { .number($0, type) }
    case .string: return .text(text)
    case .enumeration(let model): return model.values.first { $0.name == text }.map { .enumValue($0) }
    case .bytes, .structure: return nil
    }
  }
}
