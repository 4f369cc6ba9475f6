extension FieldList {
  /// One field of a frame or struct, as a field list tells it.
  public struct Field: Equatable, Sendable {
    public let name: String
    public let type: ValueType
    /// What the physical value is measured in; nil if there is no unit.
    public let unit: String?
    /// The physical value is the stored number times this.
    public let scale: Double
    /// What a receiver takes if an older sender's payload ends before this field.
    public let defaultValue: DefaultValue?
    /// The least stored number that may be sent, or of each element.
    public internal(set) var min: Number?
    /// The greatest stored number that may be sent, or of each element.
    public internal(set) var max: Number?
    /// The names of the numbers, if the field is an enum.
    public internal(set) var enumeration: Enumeration?
    public internal(set) var doc: String?
  }

  /// A number of a schema, exact for every integer type.
  public enum Number: Equatable, Sendable {
    case integer(Int128)
    case real(Double)
  }

  /// A default of a schema.
  public enum DefaultValue: Equatable, Sendable {
    case bool(Bool)
    case number(Number)
    case text(String)
    /// No elements, or no bytes.
    case empty
  }
}
