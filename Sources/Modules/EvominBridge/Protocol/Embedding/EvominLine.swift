/// What kind of line a transport is, and which end of it.
public enum EvominLine: Equatable, Sendable {
  /// Both ends send when they like.
  case uart(EvominSettings = EvominSettings())
  /// This end clocks every byte, as on SPI.
  case master(EvominSettings = EvominSettings(), style: EvominMasterStyle = .python)
  /// The other end clocks every byte, as on SPI.
  case slave
}
