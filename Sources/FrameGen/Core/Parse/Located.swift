/// A value and the place in the schema file that it was read from.
struct Located<Value> {
  let value: Value
  let position: Position

  init(_ value: Value, _ position: Position) {
    self.value = value
    self.position = position
  }
}

extension Located: Equatable where Value: Equatable {}
