/// A value and the place in the file that it was read from.
package struct Located<Value> {
  package let value: Value
  package let position: Position

  package init(_ value: Value, _ position: Position) {
    self.value = value
    self.position = position
  }
}

extension Located: Equatable where Value: Equatable {}
