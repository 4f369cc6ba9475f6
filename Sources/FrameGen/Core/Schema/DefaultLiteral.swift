/// What stands behind `default:`.
enum DefaultLiteral: Equatable {
  case scalar(String, isPlain: Bool)
  case emptyList
}
