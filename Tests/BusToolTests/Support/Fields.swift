import BusWire
import Testing

/// The only field of a list.
func field(_ line: String) throws -> FieldList.Field {
  try #require(try FieldList.parse(line).first)
}
