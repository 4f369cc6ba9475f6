/// Which evoMIN library a simulated device runs.
public enum EvominFirmware: String, CaseIterable, Sendable {
  /// This one.
  case robust
  /// The C library with its quirks.
  case c
  /// The Python library with its quirks.
  case python

  func make(seed: UInt64) -> any Firmware {
    switch self {
    case .robust: RobustFirmware(seed: seed)
    case .c: CFirmware()
    case .python: PythonFirmware(commands: [.setLED, .button, .temperature])
    }
  }
}
