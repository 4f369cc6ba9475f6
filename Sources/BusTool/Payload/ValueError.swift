/// Why a text is not a value of a field.
struct ValueError: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
