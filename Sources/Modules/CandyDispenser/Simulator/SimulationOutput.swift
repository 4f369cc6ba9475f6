/// What a simulated machine shows to the outside.
public enum SimulationOutput: Hashable, Sendable {
  /// The machine sends these bytes.
  case bytes([UInt8])
  /// The port vanishes.
  case unplugged
  /// The port is back.
  case plugged
}
