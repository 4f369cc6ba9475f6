import BusWire
import Testing

@testable import BusManagerCore

@Suite("Memory of those who do not read")
struct MemoryTests {
  private static let memory = 4 << 20
  /// What one connection may take beside the memory of all: the rest of a frame, what was read last, and one answer.
  private static let perConnection = 4 * BlockPool.blockBytes
  let harness: BrokerHarness

  init() {
    var limits = ManagerLimits()
    limits.queuesBytesMax = Self.memory
    harness = BrokerHarness(limits: limits)
  }

  private var used: Int { harness.broker.holdings.blocks * BlockPool.blockBytes }

  private func declare(_ type: UInt16, _ fields: String, sends: Bool = false, listens: Bool = false) -> Declare {
    Declare(
      type: type, name: "T", sends: sends, listens: listens, fields: fields,
      fingerprint: FieldList.fingerprint(fields))
  }

  /// A field list of about this many bytes.
  private func list(_ seed: String, _ byteCount: Int) -> String {
    "\(seed) int8 - 1\t" + String(repeating: "x", count: byteCount)
  }

  /// Sends a frame again and again while it is read, at most so often.
  private func flood(_ client: BrokerClient, _ bytes: [UInt8], countMax: Int = 40_000) {
    let many = [UInt8]((0..<4).flatMap { _ in bytes })
    for _ in 0..<countMax / 4 where !client.isWaiting && !client.isFinished { client.send(bytes: many) }
  }

  /// Whether frames of 20 kB go through between two who have nothing to do with the rest.
  private func expectFlow(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let receiver = try harness.module("receiver-\(name)")
    let sender = try harness.module("sender-\(name)")
    try receiver.listen(4242)
    for number in UInt32(0)..<50 {
      sender.send(type: 4242, payload: [UInt8](repeating: 1, count: 20_000), sequence: number)
      #expect(!sender.isWaiting, sourceLocation: sourceLocation)
      #expect(receiver.read().map(\.header.sequence) == [number], sourceLocation: sourceLocation)
    }
  }

  @Test("who asks and does not read takes a part of the memory at most, and large frames of others still go through")
  func pings() throws {
    let ping = BrokerClient.frame(type: Ping.frameType.id, payload: [1, 2, 3, 4, 5, 6, 7, 8])
    let clients = try (0..<100).map { try harness.module("client-\($0)") }
    for client in clients {
      client.block()
      flood(client, ping)
      #expect(client.isWaiting)
    }
    #expect(used <= Self.memory / 4 + clients.count * Self.perConnection)
    try expectFlow("pings")
  }

  @Test("requests that nobody hears are answered as far as the answers are read")
  func noListener() throws {
    let client = try harness.module("client")
    let request = BrokerClient.frame(type: 9, flags: .request.with(.normal))
    let count = 100_000
    var sent = 0
    while sent < count, !client.isWaiting {
      client.send(bytes: [UInt8]((0..<5000).flatMap { _ in request }))
      sent += 5000
    }
    #expect(client.isWaiting)
    #expect((harness.broker.counters(of: client.id)?.waitingBytes ?? 0) <= UInt64(ManagerLimits().queueBytesMax))
    var answers = 0
    while case let frames = client.read(), !frames.isEmpty { answers += frames.count }
    #expect(answers == sent)
    #expect(!client.isWaiting)
  }

  @Test("schemas come one by one to who does not read them, and all of them to who reads later")
  func schemas() throws {
    let declarer = try harness.module("declarer")
    for type in UInt16(1)...30 { try declarer.send(declare(type, list("a", 60_000), sends: true)) }
    let clients = try (0..<40).map { try harness.module("client-\($0)") }
    for client in clients {
      client.block()
      client.send(type: Schema.frameType.id, flags: .request.with(.high))
      client.send(bytes: [])
    }
    #expect(used <= Self.memory + clients.count * Self.perConnection)
    #expect(clients.filter { !$0.isFinished }.count == clients.count)
    for client in clients {
      var types: [UInt16] = []
      while case let schemas = try client.readAll(Schema.self), !schemas.isEmpty { types += schemas.map(\.type) }
      #expect(types.isEmpty || types == Array(1...30))
    }
    try expectFlow("schemas")
  }

  @Test("a large BUS_STATUS for many who do not read it costs no more than the memory; one that holds it is let go")
  func status() throws {
    let sender = try harness.module("sender")
    for type in UInt16(1)...20_000 { sender.send(type: type) }
    let clients = try (0..<100).map { try harness.module("client-\($0)") }
    for client in clients {
      client.block()
      client.send(type: BusStatus.frameType.id, flags: .request.with(.high))
    }
    #expect(used <= Self.memory + clients.count * Self.perConnection)
    let polite = try harness.module("polite")
    polite.send(type: BusStatus.frameType.id, flags: .request.with(.high))
    #expect(try polite.readAll(BusStatus.self).first?.types.count == Tally.typesMax + 1)
    try expectFlow("status")
  }

  @Test("MISMATCH that is not read costs no more than a part of the memory; what is lost of it is counted")
  func mismatches() throws {
    let victims = try (0..<20).map { try harness.module("victim-\($0)") }
    for victim in victims {
      try victim.send(declare(27, list("a", 60_000), listens: true))
      victim.block()
    }
    for round in 0..<10 {
      let peer = try harness.module("peer-\(round)")
      try peer.send(declare(27, list("b", 60_000), sends: true))
      peer.close()
    }
    #expect(used <= Self.memory / 2)
    let victim = victims[19]
    var frames: [ReceivedFrame] = []
    for _ in 0..<50 { frames += victim.read() }
    harness.advance(milliseconds: 1000)
    frames += victim.read()
    let told = try frames.compactMap { try $0.decode(Mismatch.self) }.count
    let lost = try frames.compactMap { try $0.decode(Lost.self) }.filter { $0.type == Mismatch.frameType.id }
    #expect(told + lost.map { Int($0.count) }.reduce(0, +) == 10)
    try expectFlow("mismatches")
  }

  @Test("what held-back senders have sent is a part of the memory, too")
  func input() throws {
    let receiver = try harness.module("receiver")
    try receiver.listen(5)
    receiver.block()
    let senders = try (0..<100).map { try harness.module("sender-\($0)") }
    let frames = (0..<260).flatMap { _ in BrokerClient.frame(type: 5, payload: [UInt8](repeating: 1, count: 1000)) }
    for sender in senders {
      let room = harness.broker.inputBuffer(for: sender.id).count
      sender.send(bytes: [UInt8](frames.prefix(room)))
    }
    #expect(used <= Self.memory + senders.count * Self.perConnection)
    #expect(
      senders.map { harness.broker.unroutedBytes(of: $0.id) }.reduce(0, +) <= Self.memory / 4 + 260 << 10 + 100
        * (16 << 10))
  }

  @Test("listen sets and declarations are a part of the memory")
  func interests() throws {
    let before = harness.broker.holdings.bytesLeft
    let client = try harness.module("client")
    let entries = (0..<4000).map {
      ListenEntry(type: UInt16($0 + 1), instance: 0, anyInstance: true, values: true, requests: false)
    }
    try client.send(Listen(entries: entries))
    try client.send(declare(1, list("a", 60_000), sends: true))
    #expect(harness.broker.holdings.bytesLeft <= before - 80_000)
    client.close()
    #expect(harness.broker.holdings.bytesLeft == before)
  }

  @Test("a header that announces more than there ever is costs nobody a frame")
  func announcement() throws {
    var limits = ManagerLimits()
    limits.queuesBytesMax = 1 << 20
    let harness = BrokerHarness(limits: limits)
    let observer = try harness.module("observer", observer: true)
    try observer.listen(5)
    observer.block()
    let sender = try harness.module("sender")
    for _ in 0..<100 { sender.send(type: 5, payload: [UInt8](repeating: 1, count: 1000)) }
    let announcer = try harness.module("announcer")
    announcer.send(
      bytes: Array(BrokerClient.frame(type: 6, payload: [UInt8](repeating: 0, count: 4 << 20)).prefix(40_000)))
    #expect(try announcer.readGoodbye()?.code == .full)
    #expect(observer.read().filter { $0.header.type == 5 }.count == 100)
  }

  @Test("a frame for more receivers than there is memory for is lost to some, who get the count")
  func fanOut() throws {
    let receivers = try (0..<10).map { try harness.module("receiver-\($0)") }
    for receiver in receivers {
      try receiver.listen(5)
      receiver.block()
    }
    let sender = try harness.module("sender")
    sender.send(type: 5, payload: [UInt8](repeating: 1, count: 1 << 20))
    #expect(used <= Self.memory + Self.perConnection)
    var got = 0
    var lost: UInt64 = 0
    for receiver in receivers {
      let frames = receiver.read() + receiver.read()
      got += frames.count { $0.header.type == 5 }
      lost += try frames.compactMap { try $0.decode(Lost.self)?.count }.reduce(0, +)
    }
    #expect(got > 0 && got < 10)
    #expect(got + Int(lost) == 10)
  }

  @Test("memory of a burst is given back once nobody has needed it for a while, some of it at a time")
  func trim() throws {
    let receivers = try (0..<3).map { try harness.module("receiver-\($0)") }
    for receiver in receivers {
      try receiver.listen(5)
      receiver.block()
    }
    let sender = try harness.module("sender")
    for _ in 0..<900 { sender.send(type: 5, payload: [UInt8](repeating: 1, count: 1000)) }
    for receiver in receivers { _ = receiver.read() }
    let early = harness.broker.takeTrimmed()
    #expect(!early)
    for _ in 0..<3 { harness.advance(milliseconds: 1000) }
    let late = harness.broker.takeTrimmed()
    #expect(late)
    for _ in 0..<3 { harness.advance(milliseconds: 1000) }
    let again = harness.broker.takeTrimmed()
    #expect(!again)
  }

  @Test("the mark of what waited counts the bus's own frames, too")
  func mark() throws {
    let client = try harness.module("client")
    for _ in 0..<100 { client.send(type: Ping.frameType.id, payload: [1, 2, 3, 4, 5, 6, 7, 8]) }
    let counters = harness.broker.counters(of: client.id)
    #expect(counters?.waitingBytes == 3200)
    #expect(counters?.waitingBytesMark == 3200)
  }
}
