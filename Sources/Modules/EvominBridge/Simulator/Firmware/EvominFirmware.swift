import EvominBridgeProtocol

/// Which evoMIN library a simulated device runs.
public enum EvominFirmware: String, CaseIterable, Sendable {
  /// This one.
  case robust
  /// The C library with its quirks.
  case c
  /// The Python library with its quirks.
  case python

  /// - Parameter settings: for this library; the others have theirs built in.
  func make(seed: UInt64, settings: EvominSettings) -> any Firmware {
    switch self {
    case .robust: RobustFirmware(seed: seed, settings: settings)
    case .c: CFirmware()
    case .python: PythonFirmware(commands: [.setLED, .button, .temperature])
    }
  }
}
