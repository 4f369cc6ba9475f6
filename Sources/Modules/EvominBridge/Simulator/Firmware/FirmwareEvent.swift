import EvominBridgeProtocol

/// What comes out of a library.
enum FirmwareEvent: Equatable, Sendable {
  case write(EvominWire)
  case received(EvominFrame)
  /// A frame has been acknowledged.
  case acknowledged(EvominFrame)
  /// Nothing more is done for a frame.
  case gaveUp(EvominFrame)
}
