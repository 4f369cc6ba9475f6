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
    logReplaced(by: subscriptions)
    for declare in declarations.listen(for: subscriptions.map(\.type)) where isOpen { append(declare) }
    self.subscriptions = subscriptions
    sendListenSet()
  }

  /// Says which types are not listened for any more: a second call replaces the first, it does not add to it.
  private func logReplaced(by subscriptions: [Subscription]) {
    let left = self.subscriptions.map(\.type).filter { type in !subscriptions.contains { $0.type == type } }
    guard !left.isEmpty, !subscriptions.contains(where: { $0.type == .all }) else { return }
    log(
      .info, "listen_replaced",
      [
        "module": configuration.name, "no_longer": left.map { "\($0)" }.joined(separator: ","),
        "meaning": "listen(for:) replaces what was listened for before; give it all types at once",
      ])
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
