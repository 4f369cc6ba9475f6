extension FieldList {
  /// The names of an enum's values, in the order of the schema.
  public struct Enumeration: Equatable, Sendable {
    public struct Value: Equatable, Sendable {
      public let name: String
      public let number: Int128
    }

    public let name: String
    public let values: [Value]

    /// The name of a number; nil if the schema does not know it.
    public func name(of number: Int128) -> String? {
      values.first { $0.number == number }?.name
    }
  }
}
