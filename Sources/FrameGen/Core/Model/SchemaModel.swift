/// A checked schema: what a renderer needs to know, in no language's terms.
struct SchemaModel {
  let enums: [EnumModel]
  let structs: [StructModel]
  let frames: [FrameModel]
}
