extension EvominPort {
  /// Moves bytes until there is something for the application; nil when there is nothing more.
  mutating func next(at now: UInt64) -> EvominAction? {
    if link != nil { return nextOfLink(now) }
    if master != nil { return nextOfMaster(now) }
    return nextOfSlave()
  }

  private mutating func nextOfLink(_ now: UInt64) -> EvominAction? {
    while true {
      while let action = link?.nextAction() {
        guard case .write(let wire) = action else { return action }
        for byte in wire { _ = transport.write(byte) }
      }
      if let byte = transport.read() {
        link?.receive(CollectionOfOne(byte), at: now)
      } else if let deadline, now >= deadline {
        link?.tick(at: now)
      } else {
        return nil
      }
    }
  }

  private mutating func nextOfMaster(_ now: UInt64) -> EvominAction? {
    while true {
      if let action = master?.nextAction() { return action }
      guard var exchange = master?.nextExchange(at: now) else { return nil }
      var received: UInt8?
      while let byte = exchange.next(received: received) { received = transport.write(byte) }
      if let outcome = exchange.outcome { master?.finish(outcome, at: now) }
    }
  }

  private mutating func nextOfSlave() -> EvominAction? {
    while let byte = transport.read(), let output = slave?.next(received: byte) {
      _ = transport.write(output)
      if let frame = slave?.takeFrame() { return .received(frame, isDuplicate: false) }
    }
    return nil
  }
}
