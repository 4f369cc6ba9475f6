import Evomin

/// A board with a button, an LED and a temperature sensor.
struct Device: Equatable, Sendable {
  static let identification = "evoMIN simulator 1"

  var isLEDOn = false
  var isButtonPressed = false
  /// Hundredths of a degree Celsius.
  var centidegrees: Int16 = 2150

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
      let bits = UInt16(bitPattern: centidegrees)
      return Self.frame(.temperature, [UInt8(truncatingIfNeeded: bits), UInt8(bits >> 8)])
    case (.sendIDN, _): return Self.frame(.sendIDN, Array(Self.identification.utf8))
    default: return nil
    }
  }

  private static func frame(_ command: EvominCommand, _ payload: [UInt8]) -> EvominFrame {
    guard let frame = try? EvominFrame(command, payload) else { preconditionFailure("the device's frames are short") }
    return frame
  }
}
