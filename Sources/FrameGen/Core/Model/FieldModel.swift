import YAMLText

/// A field with everything that its schema says about it.
struct FieldModel {
  let name: String
  let doc: String?
  let type: ValueType
  let unit: String?
  /// The physical value is the stored one times this.
  let scale: Double?
  /// As values of the field's type.
  let min: Number?
  let max: Number?
  let defaultValue: DefaultValue?
}

extension [FieldModel] {
  /// The fewest bytes on the wire.
  var encodedSizeMin: Int { reduce(0) { $0 + $1.type.encodedSizeMin } }
}
