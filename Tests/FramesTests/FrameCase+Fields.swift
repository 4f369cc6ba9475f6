import BusWire
import FrameCases
import Testing

extension FrameCase: CustomTestStringConvertible {
  /// The name of the frame.
  public var testDescription: String { "\(type)" }
  var fields: [PayloadShape] { PayloadShape.fields(of: "\(type.fields)") }
  var hasDefaults: Bool { "\(type.fields)".contains(" = ") }
}
