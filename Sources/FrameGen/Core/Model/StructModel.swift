/// A group of fields that is sent inline.
struct StructModel {
  let name: String
  let doc: String?
  let fields: [FieldModel]
}
