/// What a receiver finds on the line.
public enum EvominReceived: Equatable, Sendable {
  /// A frame with the right checksum and its end byte.
  case frame(EvominFrame)
  /// FF outside of a frame.
  case acknowledgement
  /// FE outside of a frame; neither library sends it on a UART.
  case refusal
}
