import YAMLText

/// What a field is if the sender's schema does not have it.
enum DefaultValue {
  case bool(Bool)
  case number(Number, NumberType)
  case text(String)
  case enumValue(EnumModel.Value)
  case emptyArray
}
