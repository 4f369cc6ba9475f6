import BusWire

/// Sends a module's status when it has changed. What only counts goes out once a second: a busy line would fill the bus
/// with it.
///
///     var publisher = StatusPublisher<PumpStatus> { $0.isOn != $1.isOn }
///     // at the end of every process():
///     try publisher.publish(status, on: bus)
public struct StatusPublisher<Status: TypedFrame & Equatable> {
  private let isUrgent: (Status, Status) -> Bool
  /// What the bus was sent last; nil if the present status is to be sent in any case.
  private var sent: Status?
  /// When mere counters may be sent again.
  private var next = Duration.zero

  private static var pause: Duration { .seconds(1) }

  /// - Parameter isUrgent: whether the difference between what was sent last and a new status is sent at once; always by
  ///   default.
  public init(isUrgent: @escaping (_ sent: Status, _ new: Status) -> Bool = { _, _ in true }) {
    self.isUrgent = isUrgent
  }

  /// Sends the next status in any case: somebody has asked for it.
  public mutating func sendAgain() { sent = nil }

  /// Sends the status if it has changed, and it is time.
  ///
  /// - Parameters:
  ///   - status: as it is now.
  ///   - bus: nothing is sent while it is not connected.
  /// - Throws: `BusError` like `send`.
  public mutating func publish(_ status: Status, on bus: Bus) throws(BusError) {
    guard status != sent, bus.isConnected else { return }
    if let sent, !isUrgent(sent, status), bus.now < next { return }
    try bus.send(status)
    sent = status
    next = bus.now + Self.pause
  }
}
