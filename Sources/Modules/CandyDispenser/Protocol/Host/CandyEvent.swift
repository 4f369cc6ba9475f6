/// What a host has to tell.
public enum CandyEvent: Hashable, Sendable {
  /// A dispenser can be used.
  case connected(CandyFirmware)
  /// A connection ended that nobody asked to end. What becomes of each candy follows.
  case lost(CandyLoss)
  /// A connection ended on request.
  case disconnected
  /// Everything was tried at the port, and nothing answered.
  case notFound
  /// What is sent to the port comes back from it: this is not a dispenser.
  case echo
  /// The candy fell. One of this and `failed` comes for each candy of an accepted request, once.
  case dispensed(Candy)
  /// The candy did not fall, or not surely.
  case failed(Candy, CandyFailure)
  /// A candy that was dispensed was taken. One of this and `notTaken` follows each `dispensed`, once.
  case taken(Candy)
  /// Nobody took it in time, or nobody could tell any more.
  case notTaken(Candy, CandyUntaken)
  /// The candy takes too long; it is not given up yet.
  case jamSuspected(Candy)
  /// The candy fell after a suspected jam, or is the first to fall after a jam.
  case jamCleared(Candy)
  /// The dispenser has stopped its motor and forgotten a jam.
  case resetDone
  /// The dispenser did not answer the reset in time, or the connection ended before; the real firmware does not know the
  /// command.
  case resetUnanswered
  /// A message that belongs to nothing, such as a candy of an earlier connection. It was credited to nobody.
  case unexpected(CandyMessage)
  /// Bytes that are no message were skipped.
  case noise(bytes: UInt64)
}

/// Why a connection was lost.
public enum CandyLoss: Hashable, Sendable {
  /// The port closed: unplugged, or the board was reset.
  case portClosed(String)
  /// No valid message came for too long.
  case silent
  /// The dispenser ended the connection by itself.
  case ended
}

/// Why a candy is not known to be taken.
public enum CandyUntaken: Hashable, Sendable {
  case timeout
  /// The connection ended; nobody will tell.
  case connectionEnded
}

extension CandyLoss: CustomStringConvertible {
  /// Why the connection was lost, for a person.
  public var description: String {
    switch self {
    case .portClosed(let reason): "the port closed: \(reason)"
    case .silent: "the dispenser is silent: jammed, hung or switched off"
    case .ended: "the dispenser ended the connection"
    }
  }
}
