/// Events that wait to be taken, in order.
struct EventQueue: Sendable {
  private var events = [FirmwareEvent]()
  private var first = 0

  mutating func append(_ event: FirmwareEvent) { events.append(event) }

  mutating func next() -> FirmwareEvent? {
    guard first < events.count else {
      events.removeAll(keepingCapacity: true)
      first = 0
      return nil
    }
    defer { first += 1 }
    return events[first]
  }
}
