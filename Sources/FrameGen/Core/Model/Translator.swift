import BusSchema
import YAMLText

/// Turns declarations that have passed every check into a model.
struct Translator {
  private let declarations: Declarations
  private let types: TypeTable
  private var enums: [String: EnumModel] = [:]
  private var structs: [String: StructModel] = [:]
  private let ids: [String: UInt16]
  /// What frames are in the jobs of others.
  private let parts: [String: JobPart]

  init(_ declarations: Declarations) {
    self.declarations = declarations
    types = TypeTable(declarations)
    let named = declarations.frames.map { ($0.name.value, $0.id.flatMap { UInt16(exactly: $0.value) } ?? 0) }
    ids = Dictionary(uniqueKeysWithValues: named)
    var parts: [String: JobPart] = [:]
    for job in declarations.frames.compactMap(\.job) {
      for name in [job.accepted, job.cancel].compactMap(\.self) + job.progress where parts[name.value] == nil {
        parts[name.value] = .other
      }
      if let outcome = job.outcome { parts[outcome.value] = .outcome }
    }
    self.parts = parts
  }

  mutating func translate() -> SchemaModel {
    SchemaModel(
      enums: declarations.enums.map { enumeration($0) }, structs: declarations.structs.map { structure($0) },
      frames: declarations.frames.map { frame($0) })
  }

  private mutating func enumeration(_ declaration: EnumDeclaration) -> EnumModel {
    let name = declaration.name.value
    if let known = enums[name] { return known }
    guard let carrier = types.carrier(of: declaration) else { preconditionFailure("enum \(name) is not checked") }
    let values = declaration.values.map {
      FieldList.Enumeration.Value(name: $0.name.value, number: $0.number.value, doc: $0.doc)
    }
    let model = EnumModel(
      doc: declaration.doc, carrier: carrier, enumeration: FieldList.Enumeration(name: name, values: values))
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
    return FrameModel(
      name: name, id: UInt16(id.value), doc: declaration.doc, priority: declaration.priority,
      retain: declaration.retain, job: declaration.job.flatMap { job($0) }, part: parts[name],
      fields: declaration.fields.map { field($0) })
  }

  private func job(_ declaration: JobDeclaration) -> JobModel? {
    declaration.outcome.map { outcome in
      JobModel(
        outcome: frame(outcome), accepted: declaration.accepted.map(frame), cancel: declaration.cancel.map(frame),
        progress: declaration.progress.map(frame))
    }
  }

  private func frame(_ name: Located<String>) -> JobModel.Frame {
    JobModel.Frame(name: name.value, id: ids[name.value] ?? 0)
  }

  private mutating func field(_ declaration: FieldDeclaration) -> FieldList.Field {
    guard let expression = declaration.type?.value, let kind = types.kind(expression.name) else {
      preconditionFailure("field \(declaration.name.value) is not checked")
    }
    var enumeration: FieldList.Enumeration?
    var structName: String?
    let element: FieldList.ValueType.Element
    switch kind {
    case .bool: element = .bool
    case .string: element = .string(bound: expression.bytesMax)
    case .bytes: element = .bytes(bound: expression.bytesMax)
    case .number(let type): element = .number(type)
    case .enumeration(let declaration):
      let model = self.enumeration(declaration)
      element = .number(model.carrier)
      enumeration = model.enumeration
    case .structure(let declaration):
      element = .structure(structure(declaration).fields)
      structName = declaration.name.value
    }
    return FieldList.Field(
      name: declaration.name.value, type: FieldList.ValueType(element, expression.count(of: kind)),
      unit: declaration.unit?.value, scale: declaration.scale?.value.real ?? 1,
      defaultValue: declaration.defaultLiteral.flatMap { element.defaultValue($0.value, declaration, enumeration) },
      min: declaration.min.flatMap { element.number($0.value, declaration) },
      max: declaration.max.flatMap { element.number($0.value, declaration) },
      enumeration: enumeration, structName: structName, doc: declaration.doc)
  }
}

extension TypeExpression {
  /// The bound in bytes, if the type is a string or bytes.
  fileprivate var bytesMax: Int? {
    if case .bounded(let bound) = shape { bound } else { nil }
  }

  /// How many values there are: the bound of a string or of bytes says nothing about that.
  fileprivate func count(of kind: TypeTable.Kind) -> FieldList.ValueType.Shape {
    switch (kind, shape) {
    case (.string, .bounded), (.bytes, .bounded): .single
    default: shape
    }
  }
}

extension FieldList.ValueType.Element {
  /// The stored number of one that is written in the field's unit.
  fileprivate func number(_ number: Number, _ declaration: FieldDeclaration) -> Number? {
    guard case .number(let type) = self else { return nil }
    return declaration.fraction.stored(number, as: type)
  }

  fileprivate func defaultValue(
    _ literal: DefaultLiteral, _ declaration: FieldDeclaration, _ enumeration: FieldList.Enumeration?
  ) -> FieldList.DefaultValue? {
    guard case .scalar(let text, _) = literal else { return .empty }
    if let enumeration {
      return enumeration.values.first { $0.name == text }.map { .number(.integer($0.number)) }
    }
    switch self {
    case .bool: return .bool(text == "true")
    case .number: return Number(text).flatMap { number($0, declaration) }.map { .number($0) }
    case .string: return .text(text)
    case .bytes, .structure: return nil
    }
  }
}
