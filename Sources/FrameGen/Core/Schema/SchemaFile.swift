/// Everything that a schema file declares, as it is written there.
struct SchemaFile {
  var enums: [EnumDeclaration] = []
  var structs: [StructDeclaration] = []
  var frames: [FrameDeclaration] = []
}
