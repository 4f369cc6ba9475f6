/// What runs in a simulated machine.
public enum SimulatedFirmware: String, CaseIterable, Sendable {
  /// The dispenser of this project.
  case robust
  /// The CandyCom firmware as it is, with everything that makes it hard to use.
  case real
  /// The firmware of March 2024: no probe, no `~FL`, a watchdog of 16 s that ends in nothing.
  case march2024
}
