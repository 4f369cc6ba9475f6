import BusClient
import BusWire

/// The field by which a command and what comes of it belong together.
enum RequestField {
  static let name = "request"

  /// Its value in a payload; nil if the frame has no such field.
  static func value(of payload: [UInt8], _ fields: [FieldList.Field]) -> DynamicValue? {
    guard let values = try? DynamicValue.decode(payload.span.bytes, as: fields) else { return nil }
    return value(in: values, fields)
  }

  /// Its value in a frame that arrived; nil if it has none or cannot be read.
  static func value(of report: FrameReport) -> DynamicValue? {
    guard case .fields(let values, let fields) = report.content else { return nil }
    return value(in: values, fields)
  }

  private static func value(in values: [DynamicValue], _ fields: [FieldList.Field]) -> DynamicValue? {
    zip(values, fields).first { $1.name == name }?.0
  }
}
