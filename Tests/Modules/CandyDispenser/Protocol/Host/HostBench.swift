import CandyDispenserProtocol
import Testing

/// A host on a bench: the test is the dispenser and sets the clock.
struct HostBench {
  var host: CandyHost
  var now: UInt64 = 1_000_000_000
  var sent: [CandyPacket] = []
  var events: [CandyEvent] = []
  var reopens = 0
  var isCutIntoBytes = false

  init(_ change: (inout CandyHost.Settings) -> Void = { _ in }) {
    var settings = CandyHost.Settings()
    change(&settings)
    host = CandyHost(settings: settings)
  }

  mutating func drain() {
    while let action = host.nextAction() {
      switch action {
      case .send(let packet): sent.append(packet)
      case .reopen: reopens += 1
      case .event(let event): events.append(event)
      }
    }
  }

  mutating func open() {
    host.portOpened(at: now)
    drain()
  }

  /// The dispenser says something.
  mutating func hear(_ bytes: [UInt8]) {
    if isCutIntoBytes {
      for byte in bytes { host.receive([byte], at: now) }
    } else {
      host.receive(bytes, at: now)
    }
    drain()
  }

  mutating func hear(_ messages: CandyMessage...) { hear(messages.flatMap(\.bytes)) }

  mutating func close(_ reason: String = "unplugged") {
    host.portClosed(reason: reason, at: now)
    drain()
  }

  mutating func dispense(_ request: UInt32, _ count: UInt16 = 1) throws {
    try host.dispense(request: request, count: count, at: now)
    drain()
  }

  /// Lets time pass, with a tick at each deadline.
  mutating func pass(milliseconds: UInt64) {
    let end = now + milliseconds * 1_000_000
    while let due = host.deadline, due <= end {
      now = max(now, due)
      host.tick(at: now)
      drain()
    }
    now = end
  }

  mutating func pass(seconds: UInt64) { pass(milliseconds: seconds * 1000) }

  /// The same, with a dispenser that answers the keep-alive.
  mutating func passAlive(seconds: UInt64) {
    for _ in 0..<seconds * 10 {
      let count = keepAlives
      pass(milliseconds: 100)
      for _ in count..<keepAlives { hear(.alive) }
    }
  }

  var keepAlives: Int { sent.count { $0 == .message(.keepAlive) } }
  var dispenses: Int { sent.count { $0 == .message(.dispense) } }

  /// A host that has just connected, with an empty record.
  static func connected(_ change: (inout CandyHost.Settings) -> Void = { _ in }) -> HostBench {
    var bench = HostBench(change)
    bench.connect()
    bench.sent = []
    bench.events = []
    return bench
  }

  mutating func connect() {
    open()
    hear(CandyPacket.probe.bytes)
    hear(.established)
    pass(seconds: 1)
    hear(.alive)
    #expect(host.state == .connected)
  }
}

extension Candy {
  /// The candy of a request for one.
  static func only(_ request: UInt32) -> Candy { Candy(request: request, number: 1, of: 1) }
}
