/// How a host and its dispenser stand to each other.
public enum CandyState: Hashable, Sendable {
  /// The port is not open.
  case closed
  /// Looking for a dispenser at the port.
  case searching
  /// One was found; it is not used before its tasks run and everything old has come in.
  case settling
  case connected
  /// The host is to disconnect, and the dispenser has not answered yet.
  case disconnecting
  /// The host has disconnected on request.
  case disconnected
}

extension CandyState: CustomStringConvertible {
  /// How the host and its dispenser stand to each other, for a person.
  public var description: String {
    switch self {
    case .closed: "the port is closed"
    case .searching: "it is being looked for"
    case .settling: "it was found just now"
    case .connected: "it is connected"
    case .disconnecting: "it is being disconnected"
    case .disconnected: "it was disconnected on request"
    }
  }
}

/// What runs in a dispenser, as far as it can be known.
public enum CandyFirmware: Hashable, Sendable {
  /// It answers the probe.
  case candycom
  /// It answered `~ES` only: a firmware of March 2024, or a dispenser whose earlier host had got as far as the probe.
  case unprobed
  /// It sent an event that only the firmware of March 2024 has.
  case march2024
}
