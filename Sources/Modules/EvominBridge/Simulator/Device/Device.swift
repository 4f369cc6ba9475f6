import EvominBridgeProtocol

/// A board with a button, an LED and a temperature sensor.
struct Device: Equatable, Sendable {
  static let identification = "evoMIN simulator 1"

  var isLEDOn = false
  var isButtonPressed = false
  /// Of the room, in hundredths of a degree Celsius.
  var centidegrees: Int16 = 2150
  /// Of what the sensor looks at, in hundredths of a degree Celsius.
  var objectCentidegrees: Int16 = 3650

  var buttonFrame: EvominFrame { Self.frame(.button, [isButtonPressed ? 1 : 0]) }

  /// Does what a frame asks for.
  ///
  /// - Returns: what there is to tell.
  mutating func answer(to frame: EvominFrame) -> EvominFrame? {
    switch (frame.command, frame.payload.count) {
    case (.setLED, 1):
      isLEDOn = frame.payload[0] != 0
      return nil
    case (.button, 0): return buttonFrame
    case (.temperature, 0):
      return Self.frame(
        .temperature, Self.bytes(Self.sensorID) + Self.bytes(centidegrees) + Self.bytes(objectCentidegrees))
    case (.sendIDN, _): return Self.frame(.sendIDN, Array(Self.identification.utf8))
    default: return nil
    }
  }

  private static let sensorID: UInt32 = 1

  /// A frame that carries a number.
  static func countFrame(_ number: UInt32) -> EvominFrame { frame(.count, bytes(number)) }

  /// The lowest first.
  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func frame(_ command: EvominCommand, _ payload: [UInt8]) -> EvominFrame {
    guard let frame = try? EvominFrame(command, payload) else { preconditionFailure("the device's frames are short") }
    return frame
  }
}
