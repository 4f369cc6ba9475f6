/// A program that speaks evoMIN by itself, in the manner of the original libraries: it sends, it polls, and its
/// functions are called with what arrives.
///
///     struct Lamp: EvominApplication {
///       var port: EvominPort<SerialPort>
///       mutating func frameReceived(_ frame: EvominFrame, isDuplicate: Bool) { … }
///       mutating func frameGivenUp(_ id: EvominSendID, _ failure: EvominFailure) { … }
///     }
///     try lamp.send(.sendIDN, Array("lamp".utf8), at: now)
///     while true { lamp.poll(at: now) }
public protocol EvominApplication {
  associatedtype Transport: EvominTransport

  /// The line; made once, when it is opened.
  var port: EvominPort<Transport> { get set }

  /// A frame has come. A slave replies from in here.
  ///
  /// - Parameter isDuplicate: whether it may be a repetition of one that came before.
  mutating func frameReceived(_ frame: EvominFrame, isDuplicate: Bool)
  /// A slave has replied to a frame of ours; only a master gets replies, and only those that are not empty.
  mutating func replyReceived(_ reply: EvominPayload, to id: EvominSendID)
  /// The other end has a frame of ours.
  mutating func frameAcknowledged(_ id: EvominSendID)
  /// A frame of ours has been given up.
  mutating func frameGivenUp(_ id: EvominSendID, _ failure: EvominFailure)
}

extension EvominApplication {
  /// Does nothing.
  public mutating func replyReceived(_ reply: EvominPayload, to id: EvominSendID) {}
  /// Does nothing.
  public mutating func frameAcknowledged(_ id: EvominSendID) {}

  /// Sends a command; `poll` does the work.
  ///
  /// - Parameter now: monotonic nanoseconds.
  /// - Throws: `EvominError` if the payload is too long, too many frames wait, or a slave cannot send.
  @discardableResult
  public mutating func send(
    _ command: EvominCommand, _ payload: some Collection<UInt8> = EmptyCollection<UInt8>(), at now: UInt64
  ) throws(EvominError) -> EvominSendID {
    try port.send(EvominFrame(command, payload), at: now)
  }

  /// Replies to the frame that `frameReceived` was called with, from in there; only a slave can.
  ///
  /// - Throws: `EvominError.tooLong` over 50 bytes; `.nothingToReplyTo` anywhere else.
  public mutating func reply(_ bytes: some Collection<UInt8>) throws(EvominError) { try port.reply(bytes) }

  /// Receives and sends whatever there is; to be called again and again, at `port.deadline` at the latest.
  ///
  /// - Parameter now: monotonic nanoseconds.
  public mutating func poll(at now: UInt64) {
    while let action = port.next(at: now) {
      switch action {
      case .received(let frame, let isDuplicate): frameReceived(frame, isDuplicate: isDuplicate)
      case .replied(let id, let reply): replyReceived(reply, to: id)
      case .acknowledged(let id): frameAcknowledged(id)
      case .gaveUp(let id, let failure): frameGivenUp(id, failure)
      case .sent, .write: continue
      }
    }
  }
}
