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

  /// The next frame, and the replay behind it; nil at the end.
  func next(of retained: borrowing Retained, for listener: SessionID) -> (frame: [UInt8], rest: Replay)? {
    var rest = self
    let frame = retained.next(&rest.cursor, for: listener) { kind in
      listens.accepts(type: kind.type, instance: kind.instance, isRequest: false)
        && !before.accepts(type: kind.type, instance: kind.instance, isRequest: false)
    }
    return frame.map { ($0, rest) }
  }
}
