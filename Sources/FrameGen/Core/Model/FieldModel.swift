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

/// What a field is if the sender's schema does not have it.
enum DefaultValue {
  case bool(Bool)
  case number(Number, NumberType)
  case text(String)
  case enumValue(EnumModel.Value)
  case emptyArray
}
