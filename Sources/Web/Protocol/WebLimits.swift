/// What one connection may use up.
package struct WebLimits: Sendable {
  /// The request line and the header fields.
  package var headBytesMax = 8 << 10
  /// One message from a client, however many fragments it has.
  package var messageBytesMax = 1 << 20
  /// What waits because the client does not read, behind the message that was first to wait.
  package var outputBytesMax = 256 << 10
  /// From a connection, or its last byte, to a whole head.
  package var headPatience = Duration.seconds(10)
  /// For a connection that asks nothing, or takes nothing of its answer.
  package var idlePatience = Duration.seconds(30)
  /// A WebSocket of which this long nothing was heard is asked whether it is there, and then again.
  package var pingInterval = Duration.seconds(20)
  /// A WebSocket of which this long nothing was heard is closed.
  package var silenceMax = Duration.seconds(60)
  /// For the other side of a close handshake, and for the end of the connection after everything was said.
  package var closePatience = Duration.seconds(2)

  package init() {}
}

/// When something was last heard of a WebSocket, and when it was last asked whether it is there.
struct WebSocketClock {
  private var heardAt: Duration
  private var askedAt: Duration

  init(_ now: Duration) {
    heardAt = now
    askedAt = now
  }

  mutating func heard(_ now: Duration) { heardAt = now }
  mutating func asked(_ now: Duration) { askedAt = now }

  func isSilent(_ limits: WebLimits, _ now: Duration) -> Bool { now >= heardAt + limits.silenceMax }

  func nextDeadline(_ limits: WebLimits) -> Duration {
    min(heardAt + limits.silenceMax, max(heardAt, askedAt) + limits.pingInterval)
  }
}
