/// What the owner of a host is to do.
public enum CandyAction: Hashable, Sendable {
  /// Write these bytes to the port.
  case send(CandyPacket)
  /// Close the port, and open it again by its path after a while; then call `portOpened`. The host is already closed.
  case reopen(afterSeconds: UInt32)
  case event(CandyEvent)
}
