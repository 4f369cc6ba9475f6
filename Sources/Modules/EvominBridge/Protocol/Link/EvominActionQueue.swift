/// Actions that wait to be taken. There are never more than the bytes of one call and the frames in the queue give rise to.
struct EvominActionQueue: Sendable {
  private var actions = [EvominAction]()
  private var first = 0

  mutating func append(_ action: EvominAction) { actions.append(action) }

  /// The first that waits; the memory is kept for the next ones.
  mutating func next() -> EvominAction? {
    guard first < actions.count else {
      actions.removeAll(keepingCapacity: true)
      first = 0
      return nil
    }
    defer { first += 1 }
    return actions[first]
  }
}
