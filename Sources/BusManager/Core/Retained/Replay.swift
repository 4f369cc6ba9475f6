import BusWire

/// Kept frames that a LISTEN asked for and that are not all queued yet.
struct Replay {
  private var cursor: Retained.Cursor
  private let listens: ListenSet
  /// What was listened for before: frames of it came as they were sent.
  private let before: ListenSet

  /// - Parameters:
  ///   - retained: what is kept now; what is kept later reaches the listener as it is sent.
  ///   - listens: what the listener asks for.
  ///   - before: what it has asked for until now.
  init(of retained: borrowing Retained, _ listens: ListenSet, newerThan before: ListenSet) {
    cursor = retained.start
    self.listens = listens
    self.before = before
  }

  /// What a look at the kept frames brings.
  enum Step {
    case frame([UInt8], rest: Replay)
    /// Many frames were looked at, and none of them is wanted.
    case nothingYet(rest: Replay)
    case end
  }

  /// The next frame, and the replay behind it.
  func next(of retained: borrowing Retained, for listener: SessionID) -> Step {
    var rest = self
    let found = retained.next(&rest.cursor, for: listener) { kind in
      listens.accepts(type: kind.type, instance: kind.instance, isRequest: false)
        && !before.accepts(type: kind.type, instance: kind.instance, isRequest: false)
    }
    switch found {
    case .frame(let frame): return .frame(frame, rest: rest)
    case .nothingYet: return .nothingYet(rest: rest)
    case .end: return .end
    }
  }
}
