/// The actions of a host or a dispenser that wait to be taken out, in order.
struct CandyActionQueue<Action: Sendable>: Sendable {
  private var actions: [Action] = []
  private var first = 0

  mutating func append(_ action: Action) { actions.append(action) }

  /// Takes out the first; nil if there is none. The memory is kept for the next ones.
  mutating func next() -> Action? {
    guard first < actions.count else {
      actions.removeAll(keepingCapacity: true)
      first = 0
      return nil
    }
    defer { first += 1 }
    return actions[first]
  }

  /// Drops those that wait and are not `kept`.
  mutating func keep(_ isKept: (Action) -> Bool) {
    actions = actions[first...].filter(isKept)
    first = 0
  }
}
