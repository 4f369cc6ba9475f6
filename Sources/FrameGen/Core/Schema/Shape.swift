/// How many values stand behind one field.
enum Shape: Equatable {
  case single
  /// `T[4]`
  case fixed(Int)
  /// `T[<=64]`; of a string or bytes, the most bytes of one value.
  case bounded(Int)
  /// `T[]`
  case unbounded
}
