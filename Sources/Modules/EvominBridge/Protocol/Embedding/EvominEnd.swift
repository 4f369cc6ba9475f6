/// One end of a line, of any of the three kinds, as an `EvominPort` drives it. Times are monotonic nanoseconds.
protocol EvominEnd: Sendable {
  /// When to poll although nothing has come in; nil if nothing is expected.
  var deadline: UInt64? { get }
  /// Takes a frame to send.
  mutating func send(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID
  /// Replies to the frame that has just been received.
  mutating func reply(_ bytes: [UInt8]) throws(EvominError)
  /// Moves bytes until there is something for the application; nil when there is nothing more.
  mutating func next(on transport: inout some EvominTransport, at now: UInt64) -> EvominAction?
}

extension EvominLink: EvominEnd {
  mutating func reply(_ bytes: [UInt8]) throws(EvominError) { throw .nothingToReplyTo }

  mutating func next(on transport: inout some EvominTransport, at now: UInt64) -> EvominAction? {
    while true {
      while let action = nextAction() {
        guard case .write(let wire) = action else { return action }
        for byte in wire { _ = transport.write(byte) }
      }
      if let byte = transport.read() {
        receive(CollectionOfOne(byte), at: now)
      } else if let deadline, now >= deadline {
        tick(at: now)
      } else {
        return nil
      }
    }
  }
}

extension EvominMasterLink: EvominEnd {
  mutating func reply(_ bytes: [UInt8]) throws(EvominError) { throw .nothingToReplyTo }

  mutating func next(on transport: inout some EvominTransport, at now: UInt64) -> EvominAction? {
    while true {
      if let action = nextAction() { return action }
      guard var exchange = nextExchange(at: now) else { return nil }
      var received: UInt8?
      while let byte = exchange.next(received: received) { received = transport.write(byte) }
      if let outcome = exchange.outcome { finish(outcome, at: now) }
    }
  }
}

extension EvominSlave: EvominEnd {
  var deadline: UInt64? { nil }

  mutating func send(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID {
    throw .slaveCannotSend
  }

  mutating func next(on transport: inout some EvominTransport, at now: UInt64) -> EvominAction? {
    while let byte = transport.read() {
      _ = transport.write(next(received: byte))
      if let frame = takeFrame() { return .received(frame, isDuplicate: false) }
    }
    return nil
  }
}
