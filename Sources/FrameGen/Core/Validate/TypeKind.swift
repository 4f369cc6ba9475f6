/// What the name of a type stands for.
enum TypeKind {
  case bool, string, bytes
  case number(NumberType)
  case enumeration(EnumDeclaration)
  case structure(StructDeclaration)
}
