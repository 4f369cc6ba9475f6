/// A checked schema: what a renderer needs to know, in no language's terms.
struct SchemaModel {
  let enums: [EnumModel]
  let structs: [StructModel]
  let frames: [FrameModel]
}

/// An open set of named numbers.
struct EnumModel {
  struct Value {
    let name: String
    let number: Int128
  }

  let name: String
  let doc: String?
  /// The integers that carry it on the wire.
  let carrier: NumberType
  let values: [Value]
}

/// A group of fields that is sent inline.
struct StructModel {
  let name: String
  let doc: String?
  let fields: [FieldModel]
}

/// A frame of the bus.
struct FrameModel {
  let name: String
  let id: UInt16
  let doc: String?
  let priority: FramePriority
  let isRetained: Bool
  let fields: [FieldModel]
  /// The canonical field list.
  let fieldList: String
}
