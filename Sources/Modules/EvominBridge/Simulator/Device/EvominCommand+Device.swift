import EvominBridgeProtocol

extension EvominCommand {
  /// To the device: switches its LED; one byte, 0 or 1.
  public static let setLED: EvominCommand = 0x10
  /// To the device without a payload: asks for its button. From the device, asked or not: one byte, 1 if it is pressed.
  public static let button: EvominCommand = 0x11
  /// To the device without a payload: asks for the temperature. From the device: a packed struct of the sensor's id
  /// (uint32), the temperature of the room and that of the object (int16 each, hundredths of a degree Celsius).
  public static let temperature: EvominCommand = 0x12
  /// From the device: a number (uint32), one more each time.
  public static let count: EvominCommand = 0x13
}
