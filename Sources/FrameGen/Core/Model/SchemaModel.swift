import BusSchema

/// A checked schema: what the renderer needs to know.
struct SchemaModel {
  let enums: [EnumModel]
  let structs: [StructModel]
  let frames: [FrameModel]
}

/// An open set of named numbers.
struct EnumModel {
  let doc: String?
  /// The integers that carry it on the wire.
  let carrier: NumberType
  /// Its name and its values.
  let enumeration: FieldList.Enumeration
}

/// A group of fields that is sent inline.
struct StructModel {
  let name: String
  let doc: String?
  let fields: [FieldList.Field]
}

/// A frame of the bus.
struct FrameModel {
  let name: String
  let id: UInt16
  let doc: String?
  let priority: FramePriority
  let isRetained: Bool
  let fields: [FieldList.Field]

  /// The canonical field list.
  var fieldList: String { FieldList.text(of: fields) }
}
