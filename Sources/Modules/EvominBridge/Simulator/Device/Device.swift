import EvominBridgeProtocol

/// A board with a button, an LED and a temperature sensor, which can also count as fast as it is let.
struct Device: Equatable, Sendable {
  private static let identification = "evoMIN simulator 1"
  private static let sensorID: UInt32 = 1
  /// Of what the sensor looks at, in hundredths of a degree Celsius.
  private static let objectCentidegrees: Int16 = 3650

  private(set) var isLEDOn = false
  private(set) var isButtonPressed = false
  /// Of the room, in hundredths of a degree Celsius.
  var centidegrees: Int16 = 2150
  /// Numbered frames that are still to be sent, and the number of the next.
  private var countLeft = 0
  private var nextNumber: UInt32 = 0

  /// Does what a frame asks for.
  ///
  /// - Returns: what it reports.
  mutating func answer(to frame: EvominFrame) -> EvominFrame? {
    switch (frame.command, frame.payload.count) {
    case (.setLED, 1):
      isLEDOn = frame.payload[0] != 0
      return nil
    case (.button, 0): return buttonFrame
    case (.temperature, 0):
      return Self.frame(
        .temperature, Self.bytes(Self.sensorID) + Self.bytes(centidegrees) + Self.bytes(Self.objectCentidegrees))
    case (.sendIDN, _): return Self.frame(.sendIDN, Array(Self.identification.utf8))
    default: return nil
    }
  }

  /// Somebody presses or releases the button.
  ///
  /// - Returns: what it reports; nil if the button was like that before.
  mutating func setButton(_ isPressed: Bool) -> EvominFrame? {
    guard isButtonPressed != isPressed else { return nil }
    isButtonPressed = isPressed
    return buttonFrame
  }

  /// It is switched off and on.
  mutating func restart() {
    isLEDOn = false
    countLeft = 0
  }

  private var buttonFrame: EvominFrame { Self.frame(.button, [isButtonPressed ? 1 : 0]) }

  // MARK: Counting

  /// Has it send this many more numbered frames.
  mutating func count(frames: Int) { countLeft += frames }

  /// The next numbered frame; nil if it does not count.
  var nextCount: EvominFrame? {
    countLeft > 0 ? Self.frame(.count, Self.bytes(nextNumber)) : nil
  }

  /// The next numbered frame is on its way.
  mutating func recordCount() {
    countLeft -= 1
    nextNumber += 1
  }

  /// Whether it has ever sent a numbered frame.
  var hasCounted: Bool { nextNumber > 0 }

  /// The lowest first.
  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func frame(_ command: EvominCommand, _ payload: [UInt8]) -> EvominFrame {
    guard let frame = try? EvominFrame(command, payload) else { preconditionFailure("the device's frames are short") }
    return frame
  }
}
