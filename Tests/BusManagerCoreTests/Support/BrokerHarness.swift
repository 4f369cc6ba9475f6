import BusWire

@testable import BusManagerCore

/// A broker with clients that are byte arrays: what a host does, without a socket and with a clock of its own.
final class BrokerHarness {
  var broker: Broker
  private(set) var time: UInt64 = 1_000_000_000
  /// Clients that are closed by the broker's wish, with their deadline passed.
  private(set) var cut: Set<SessionID> = []
  /// Clients whose sending side the broker has shut.
  private(set) var finished: Set<SessionID> = []
  /// Clients that must not be read now.
  private(set) var waiting: Set<SessionID> = []

  init(limits: ManagerLimits = ManagerLimits()) {
    broker = Broker(limits: limits, busName: "test", version: "1")
    broker.setTime(monotonic: time, wall: 42)
  }

  /// Leaves work that is too much for a turn for `nextTurn()`; otherwise the next turns follow at once.
  var turnsByHand = false

  /// Begins another turn at the same time: first what arrives in it, then what was left.
  func nextTurn(_ arrivals: () throws -> Void) rethrows {
    broker.setTime(monotonic: time, wall: 42)
    try arrivals()
    goOn()
  }

  /// Begins another turn in which nothing arrives.
  func nextTurn() { nextTurn {} }

  /// Moves the clock and lets deadlines pass.
  func advance(milliseconds: UInt64) {
    time += milliseconds * 1_000_000
    broker.setTime(monotonic: time, wall: 42)
    broker.tick()
    goOn()
    if !turnsByHand { goOnToTheEnd() }
    while let id = broker.nextEnded() {
      cut.insert(id)
      broker.close(id)
    }
  }

  /// A connection that has said nothing yet.
  func connect() -> BrokerClient? {
    broker.open().map { BrokerClient(id: $0, harness: self) }
  }

  /// A module that has said HELLO and read its WELCOME.
  func module(_ name: String, instance: UInt8 = 0, observer: Bool = false) throws -> BrokerClient {
    let client = BrokerClient(id: broker.open()!, harness: self)
    try client.send(
      Hello(
        version: 1, instance: instance, observer: observer, pid: 7, name: name, client: "test", clientVersion: "1"))
    _ = client.read()
    return client
  }

  /// Hands bytes over as a host would, in portions that fit the broker's buffer.
  func feed(_ bytes: some Collection<UInt8>, to id: SessionID) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let buffer = broker.inputBuffer(for: id)
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      note(broker.read(count, from: id), id)
      if !turnsByHand { goOnToTheEnd() }
      precondition(rest.isEmpty || !waiting.contains(id), "more bytes for a session that waits")
    }
  }

  private func note(_ state: Broker.InputState, _ id: SessionID) {
    if state == .waiting { waiting.insert(id) } else { waiting.remove(id) }
  }

  /// Takes what waits for a client, at most so many bytes, and lets senders that waited for it go on.
  func take(from id: SessionID, bytesMax: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    broker.forEachPiece(of: id) { piece in
      bytes += piece.prefix(bytesMax - bytes.count)
      return bytes.count < bytesMax
    }
    switch broker.sent(bytes.count, to: id) {
    case .finished:
      finished.insert(id)
      broker.finished(id)
    case .pending: broker.blocked(id)
    case .drained: break
    }
    goOn()
    if !turnsByHand { goOnToTheEnd() }
    return bytes
  }

  private func goOnToTheEnd() {
    while broker.isBusy { nextTurn() }
  }

  /// Lets senders go on that waited for room which is there now.
  private func goOn() {
    while let sender = broker.nextResumable() { note(broker.resume(sender), sender) }
  }
}
