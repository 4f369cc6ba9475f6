import BusWire

extension Bus {
  /// Listens for values and requests of these types, of every instance, in place of what it listened for before.
  ///
  /// `.all` stands for every type below 0xFF00.
  public func listen(for types: FrameType...) {
    listen(for: types.map { Subscription($0) })
  }

  /// Listens for exactly this, in place of what it listened for before.
  public func listen(for subscriptions: [Subscription]) {
    for subscription in subscriptions { declare(subscription.type, listens: true) }
    self.subscriptions = subscriptions
    sendListenSet()
  }

  /// Whether values of a type are listened for.
  public func accepts(_ type: FrameType) -> Bool {
    subscriptions.contains { $0.accepts(FrameHeader(size: 0, type: type.id, instance: $0.instance ?? 0)) }
  }

  /// The listen set as the manager gets it: what was asked for, and what a question and jobs under way need.
  var listenEntries: [ListenEntry] {
    var entries = subscriptions.map(\.entry)
    if let question, !entries.contains(question.entry) { entries.append(question.entry) }
    for entry in openJobs.entries where !entries.contains(entry) { entries.append(entry) }
    return entries
  }

  func sendListenSet() {
    if isOpen { append(Listen(entries: listenEntries)) }
  }
}
