import Evomin

extension EvominCommand {
  /// To the device: switches its LED; one byte, 0 or 1.
  public static let setLED: EvominCommand = 0x10
  /// To the device without a payload: asks for its button. From the device, asked or not: one byte, 1 if it is pressed.
  public static let button: EvominCommand = 0x11
  /// To the device without a payload: asks for the temperature. From the device: hundredths of a degree Celsius, two
  /// bytes, the lower first.
  public static let temperature: EvominCommand = 0x12
}
