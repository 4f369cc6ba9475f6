/// The canonical field list of a frame: one line per field, `name type unit scale[ = default]`.
///
/// What follows a TAB on a line (ranges, names, documentation) is for people and tools and decides nothing.
/// docs/FRAMES.md, "Compatibility and the canonical field list", has the grammar.
package enum FieldList {
  /// Bytes of a field list at most.
  package static let bytesMax = 65_536
  /// Bytes of a field's name at most.
  package static let nameBytesMax = 64
  /// How deep structs may lie in each other.
  package static let depthMax = 8
  /// Elements of a fixed array at most.
  package static let fixedCountMax = 65_536

  /// One field of a frame or struct, with everything that its schema says about it.
  package struct Field: Equatable, Sendable {
    /// The schema's name, such as `ambient_temperature`.
    package let name: String
    /// What its values are, and how many.
    package internal(set) var type: ValueType
    /// What the physical value is measured in; nil if there is no unit.
    package let unit: String?
    /// The physical value is the stored number times this.
    package let scale: Double
    /// What a receiver assumes if an older sender's payload ends before this field.
    package let defaultValue: DefaultValue?
    /// The least stored number that may be sent, or of each element.
    package internal(set) var min: Number?
    /// The greatest stored number that may be sent, or of each element.
    package internal(set) var max: Number?
    /// The names of the numbers, if the field is an enum.
    package internal(set) var enumeration: Enumeration?
    /// The schema's name of the struct, if the field is one.
    package internal(set) var structName: String?
    /// What the schema says about it, on one line in a field list.
    package internal(set) var doc: String?

    /// A field; what is left out is not in its schema.
    package init(
      name: String, type: ValueType, unit: String? = nil, scale: Double = 1, defaultValue: DefaultValue? = nil,
      min: Number? = nil, max: Number? = nil, enumeration: Enumeration? = nil, structName: String? = nil,
      doc: String? = nil
    ) {
      self.name = name
      self.type = type
      self.unit = unit
      self.scale = scale
      self.defaultValue = defaultValue
      self.min = min
      self.max = max
      self.enumeration = enumeration
      self.structName = structName
      self.doc = doc
    }
  }

  /// A default of a schema.
  package enum DefaultValue: Equatable, Sendable {
    case bool(Bool)
    /// A stored number, or that of an enum's value.
    case number(Number)
    case text(String)
    /// No elements, or no bytes.
    case empty
  }

  /// The named values of an enum, in the order of the schema.
  package struct Enumeration: Equatable, Sendable {
    /// A number with a name.
    package struct Value: Equatable, Sendable {
      /// The schema's name, such as `OFF`.
      package let name: String
      /// The number that travels.
      package let number: Int128
      /// What the schema says about it.
      package internal(set) var doc: String?

      /// A value of an enum.
      package init(name: String, number: Int128, doc: String? = nil) {
        self.name = name
        self.number = number
        self.doc = doc
      }
    }

    /// The schema's name, such as `MODE`.
    package let name: String
    /// At least one, each number once.
    package internal(set) var values: [Value]

    /// An enum with its values.
    package init(name: String, values: [Value]) {
      self.name = name
      self.values = values
    }

    /// The name of a number; nil if the schema does not know it.
    package func name(of number: Int128) -> String? {
      values.first { $0.number == number }?.name
    }
  }
}
