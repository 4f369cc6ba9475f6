/// Why a candy was not dispensed, or not surely.
public enum CandyFailure: Hashable, Sendable {
  /// The dispenser says that it is jammed or empty.
  case jam
  /// It was still waiting for its turn; it did not fall.
  case notSent(CandyInterruption)
  /// The dispenser was asked and did not answer; the candy may or may not have fallen. It is never asked for again.
  case unanswered(CandyInterruption)

  /// Whether the candy may lie in the tray all the same.
  public var mayHaveFallen: Bool {
    if case .unanswered = self { true } else { false }
  }
}

/// What came between a candy and its dispense.
public enum CandyInterruption: Hashable, Sendable {
  /// The connection was lost.
  case lost
  /// The host was asked to disconnect.
  case disconnect
  /// The host was asked to reset the dispenser.
  case reset
  /// The dispenser lives and answers everything else.
  case silence
  /// Its request was cancelled.
  case cancel
}

extension CandyFailure: CustomStringConvertible {
  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .jam: "the dispenser is jammed or empty: look at it, and refill it"
    case .notSent(let cause): "not dispensed: \(cause)"
    case .unanswered(let cause): "it may or may not have fallen: \(cause); look into the tray"
    }
  }
}

extension CandyInterruption: CustomStringConvertible {
  /// What came between, for a person.
  public var description: String {
    switch self {
    case .lost: "the connection to the dispenser was lost"
    case .disconnect: "the dispenser was disconnected"
    case .reset: "the dispenser was reset"
    case .silence: "the dispenser did not answer"
    case .cancel: "the request was cancelled"
    }
  }
}
