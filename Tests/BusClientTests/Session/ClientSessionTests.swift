import BusWire
import Testing

@testable import BusClient

@Suite("A client's session, without a link")
struct ClientSessionTests {
  private static let keep = FrameFlags.retain.with(.normal)

  // MARK: The connection

  @Test("opens the first address at once, and says HELLO there")
  func opens() {
    let bench = SessionBench()
    #expect(!bench.isOpen && bench.deadline == 0)
    #expect(bench.notConnected.message.contains("the first attempt comes after init"))
    #expect(bench.begin() == .open(address: 0))
    #expect(!bench.isOpen && bench.deadline == nil)
    bench.opened()
    #expect(bench.isOpen && !bench.isConnected)
    #expect(bench.sentTypes() == [Hello.frameType.id])
    #expect(bench.begin() == .none)
  }

  @Test("HELLO is followed by what is declared and listened for")
  func introduces() {
    let bench = SessionBench()
    bench.listen(for: [Subscription(Brew.frameType)])
    #expect(bench.isEverythingSent)
    _ = bench.begin()
    bench.opened()
    #expect(bench.sentTypes() == [Hello.frameType.id, Declare.frameType.id, Listen.frameType.id])
  }

  @Test("goes through the addresses, then names the failure of each and waits a while")
  func noManager() {
    let bench = SessionBench()
    _ = bench.begin()
    #expect(bench.broke("refused") == .open(address: 1))
    bench.opened()
    #expect(bench.broke("closed") == .close)
    let reason = "no manager is there (first: refused; second: closed); start one with bus-manager"
    #expect(bench.lastFailure == BusError(.notConnected, reason))
    #expect(bench.takeEvents() == [.disconnected(reason: reason)])
    let wait = (bench.deadline ?? 0) - bench.now.time
    #expect((37_500_000..<62_500_000).contains(wait))
    bench.now.time += wait - 1
    #expect(bench.begin() == .none)
    bench.now.time += 1
    #expect(bench.begin() == .open(address: 0))
    #expect(bench.broke("refused") == .open(address: 1))
    #expect(bench.broke("closed") == .close)
    // Nothing new.
    #expect(bench.takeEvents().isEmpty)
  }

  @Test("a manager that does not answer HELLO within five seconds is left for the next address")
  func silent() {
    let bench = SessionBench()
    _ = bench.begin()
    bench.opened()
    #expect(bench.deadline == bench.now.time + 5_000_000_000)
    bench.pass(milliseconds: 4999)
    #expect(bench.tend() == .none)
    bench.pass(milliseconds: 1)
    #expect(bench.tend() == .open(address: 1))
    #expect(bench.isEverythingSent)
  }

  @Test("the welcome comes in pieces of any size")
  func pieces() throws {
    let bench = SessionBench()
    _ = bench.begin()
    bench.opened()
    let payload = try SessionBench.welcomeFrame(payloadBytesMax: 10).payload()
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    let header = FrameHeader(size: UInt32(payload.count), type: Welcome.frameType.id)
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    for byte in bytes + payload {
      #expect(!bench.isConnected)
      #expect(bench.receive([byte]) == .none)
    }
    #expect(bench.id == 9 && bench.welcomes == 1 && bench.lastAbsence == nil)
    #expect(bench.takeEvents() == [.connected(id: 9, bus: "b")])
    #expect(bench.deadline == nil && bench.lastFailure == nil)
    // A second one is nothing.
    try bench.welcome()
    #expect(bench.welcomes == 1 && !bench.hasEvents)
  }

  @Test("a break ends the connection at once, and the next one says how long it was away")
  func breaks() throws {
    let bench = try SessionBench.connected()
    #expect(bench.broke("reset") == .close)
    #expect(!bench.isConnected && !bench.isOpen)
    let reason = "the connection to the manager is gone (reset); trying again"
    #expect(bench.takeEvents() == [.disconnected(reason: reason)])
    #expect(bench.notConnected.message == "not connected to a manager: \(reason)")
    bench.pass(milliseconds: 70)
    #expect(bench.begin() == .open(address: 0))
    bench.opened()
    try bench.welcome()
    #expect(bench.takeEvents() == [.reconnected(id: 9, away: .milliseconds(70))])
    #expect(bench.lastAbsence == .milliseconds(70) && bench.welcomes == 2)
    // The wait begins anew, and so does what is worth a line.
    #expect(bench.broke("reset") == .close)
    #expect((bench.deadline ?? 0) - bench.now.time < 62_500_000)
    #expect(bench.takeEvents() == [.disconnected(reason: reason)])
  }

  @Test("GOODBYE ends the connection with the manager's words, and what comes behind it is not looked at")
  func goodbye() throws {
    let bench = try SessionBench.connected()
    bench.listen(for: [Subscription(.all)])
    let goodbye = try Goodbye(code: .shutdown, text: "bye").payload()
    var bytes: [UInt8] = []
    for (type, payload) in [(Goodbye.frameType.id, goodbye), (50, [1])] {
      var header = [UInt8](repeating: 0, count: FrameHeader.byteCount)
      header.withUnsafeMutableBytes {
        FrameHeader(size: UInt32(payload.count), type: type).store(at: $0.baseAddress!)
      }
      bytes += header + payload
    }
    #expect(bench.receive(bytes) == .close)
    #expect(bench.lastFailure == BusError(.refused(.shutdown), "bye"))
    #expect(bench.frameCount == 0)
  }

  @Test("a frame larger than the manager said, or of type 0, breaks the connection")
  func broken() throws {
    let limit = 1000 + (256 << 10)
    for (size, type, action): (Int, UInt16, ClientSession.Action) in [
      (limit, 50, .none), (limit + 1, 50, .close), (1, 0, .close),
    ] {
      let bench = try SessionBench.connected(payloadBytesMax: 1000)
      #expect(bench.receive(FrameHeader(size: UInt32(size), type: type), [1]) == action)
    }
  }

  @Test("after stop nothing begins, and nothing is kept")
  func stopped() throws {
    let bench = try SessionBench.connected()
    bench.leave()
    #expect(bench.sentTypes() == [Goodbye.frameType.id])
    bench.stop()
    #expect(bench.isStopped && !bench.isOpen && bench.deadline == nil)
    bench.pass(milliseconds: 10_000)
    #expect(bench.begin() == .none)
    bench.leave()
    #expect(bench.isEverythingSent && bench.isStopped)
    #expect(throws: BusError(.stopped, "the bus was stopped")) { try bench.send(flags: Self.keep) }
  }

  @Test("after its GOODBYE it says and keeps nothing more, and is over when the manager has answered")
  func leaves() throws {
    let bench = try SessionBench.connected()
    bench.listen(for: [Subscription(FrameType(id: 50))])
    bench.receive(FrameHeader(size: 1, type: 50), [1])
    _ = bench.takeSent()
    try bench.send()
    bench.leave()
    bench.leave()
    #expect(bench.sentTypes() == [50, Goodbye.frameType.id])
    #expect(bench.isOpen && !bench.isConnected && !bench.isStopped && bench.deadline == nil)
    bench.receive(FrameHeader(size: 1, type: 50), [1])
    try bench.receive(Ping(token: 1))
    #expect(bench.frameCount == 0 && bench.isEverythingSent && bench.tend() == .none)
    #expect(throws: BusError(.stopped, "the bus was stopped")) { try bench.send() }
    #expect(try bench.receive(Goodbye(code: .leaving, text: "goodbye")) == .close)
    bench.stop()
    #expect(bench.isStopped && !bench.hasEvents)
  }

  @Test("a GOODBYE that is not answered may have cost frames, and the log says so", arguments: [0, 1, 2])
  func unanswered(kind: Int) throws {
    let bench = try SessionBench.connected()
    try bench.send()
    _ = bench.takeSent()
    try bench.send()
    bench.leave()
    bench.sent(30)
    switch kind {
    case 0: #expect(bench.broke("reset") == .close)
    case 1: #expect(try bench.receive(Goodbye(code: .shutdown, text: "reset")) == .close)
    default: bench.stop()
    }
    let reason = kind == 2 ? "it does not answer GOODBYE" : "reset"
    #expect(bench.takeEvents() == [.goodbyeUnanswered(framesLeft: 1, reason: reason)])
    bench.stop()
    #expect(bench.isStopped && !bench.hasEvents)
  }

  // MARK: Frames

  @Test("what is listened for and asked for decides about each frame, however like it is to the one before")
  func decides() throws {
    let bench = try SessionBench.connected()
    func comes(_ flags: FrameFlags = FrameFlags().with(.normal), instance: UInt8 = 0) -> Bool {
      let before = bench.frameCount
      bench.receive(FrameHeader(size: 1, type: 50, flags: flags, instance: instance), [1])
      return bench.frameCount > before
    }
    bench.listen(for: [Subscription(FrameType(id: 50), instance: 0, requests: false)])
    #expect(comes() && comes() && !comes(instance: 1) && !comes(.request) && comes())
    bench.begin(Question(type: 50, instance: 0))
    #expect(bench.isQuestionOpen && comes() && !bench.isQuestionOpen)
    _ = bench.endQuestion()
    #expect(comes() && comes())
    bench.listen(for: [Subscription(FrameType(id: 51))])
    #expect(!comes() && !comes())
  }

  @Test("numbers the module's frames on each connection, and not its own to the manager")
  func numbers() throws {
    let bench = try SessionBench.connected()
    for _ in 0..<2 { try bench.send() }
    _ = bench.beginBarrier()
    try bench.send()
    #expect(bench.takeSent().map(\.header.sequence) == [0, 1, 0, 2])
    try bench.reconnect()
    _ = bench.takeSent()
    try bench.send()
    #expect(bench.takeSent().map(\.header.sequence) == [0])
  }

  @Test("says how many frames a break has cost at most, but not of those that went out", arguments: [1, 2])
  func notSent(count: Int) throws {
    let bench = try SessionBench.connected()
    try bench.send()
    _ = bench.takeSent()
    for _ in 0..<count { try bench.send() }
    bench.sent(1)
    _ = bench.broke("reset")
    let reason = "the connection to the manager is gone (reset); trying again"
    #expect(
      bench.takeEvents() == [.disconnected(reason: reason), .notSent(framesAtMost: count, reason: reason)])
    #expect(bench.isEverythingSent)
  }

  @Test("a full outbox takes no more, but a single large frame")
  func full() throws {
    let bench = try SessionBench.connected(payloadBytesMax: 1 << 20)
    #expect(try bench.send(size: 1 << 20) == .queued)
    #expect(try bench.send() == .noRoom)
    _ = bench.takeSent()
    let half = (128 << 10) - FrameHeader.byteCount
    #expect(try bench.send(size: half) == .queued)
    #expect(try bench.send(size: half + 1) == .noRoom)
    #expect(try bench.send(size: half) == .queued)
    #expect(bench.unsentByteCount == 256 << 10)
    #expect(try bench.send(size: 0) == .noRoom)
  }

  @Test("what was written makes room for more behind what was not, byte for byte", arguments: [10, 150])
  func compacts(last: Int) throws {
    let bench = try SessionBench.connected(payloadBytesMax: 1 << 20)
    for number in UInt8(1)...2 { try bench.send(50, number, size: 100 << 10) }
    bench.sent(FrameHeader.byteCount + (100 << 10))
    try bench.send(50, 3, size: last << 9)
    try bench.send(50, 4, size: last << 9)
    let sent = bench.takeSent()
    #expect(sent.map(\.payload.first) == [2, 3, 4] && sent.map(\.header.sequence) == [1, 2, 3])
    #expect(sent.map(\.payload.count) == [100 << 10, last << 9, last << 9])
    #expect(sent.allSatisfy { frame in frame.payload.allSatisfy { $0 == frame.payload[0] } })
  }

  @Test("a type without a schema is not declared, and the same type with one is, once")
  func declares() throws {
    let bench = try SessionBench.connected()
    let letter = FrameType(id: 60, name: "X", fields: "x bool - 1")
    for type in [FrameType(id: Brew.frameType.id), Brew.frameType, Brew.frameType, letter] {
      bench.session.declare(type, sends: true, at: bench.now)
    }
    #expect(bench.sentTypes() == [Declare.frameType.id, Declare.frameType.id])
  }

  @Test("a payload of the manager's limit goes, one byte more does not")
  func tooLarge() throws {
    let bench = try SessionBench.connected(payloadBytesMax: 1000)
    #expect(try bench.send(size: 1000) == .queued)
    #expect(throws: BusError.self) { try bench.send(size: 1001) }
  }

  @Test("kept frames wait without a manager, and go out to the next one in order, marked")
  func kept() throws {
    let bench = SessionBench()
    #expect(try bench.send(50, 1, flags: Self.keep) == .kept)
    #expect(!bench.hasEvents)
    #expect(throws: BusError.self) { try bench.send(50, 2) }
    #expect(throws: BusError.self) { try bench.send(50, 2, flags: Self.keep.union(.request)) }
    _ = bench.begin()
    bench.opened()
    #expect(try bench.send(51, 3, flags: Self.keep) == .kept)
    _ = bench.takeSent()
    try bench.welcome()
    let sent = bench.takeSent()
    #expect(sent.map(\.payload) == [[1], [3]] && sent.map(\.header.sequence) == [0, 1])
    #expect(sent.allSatisfy { $0.header.flags.contains(.retained) })
  }

  @Test("kept frames that found no room go before later ones, as live ones, when there is room")
  func keptLater() throws {
    let bench = try SessionBench.connected(payloadBytesMax: 1 << 20)
    try bench.send(size: 1 << 20)
    let header = FrameHeader(size: 1, type: 50, flags: Self.keep, timestamp: bench.timestamp(at: 9))
    try bench.session.keep(header, FrameType(id: 50)) { writer throws(CodecError) in
      [UInt8(7)].withUnsafeBytes { writer.append(bytes: $0) }
    }
    #expect(bench.tend() == .none)
    _ = bench.takeSent()
    #expect(try bench.send(51, 8, flags: Self.keep) == .kept)
    #expect(bench.isEverythingSent)
    _ = bench.tend()
    let sent = bench.takeSent()
    #expect(sent.map(\.payload) == [[7], [8]])
    #expect(sent.allSatisfy { $0.header.flags.contains(.retain) && !$0.header.flags.contains(.retained) })
  }

  @Test("what is too large for the new manager is not sent again, and said once")
  func tooLargeAgain() throws {
    let bench = try SessionBench.connected(payloadBytesMax: 1000)
    for type: UInt16 in [50, 51] { try bench.send(type, flags: Self.keep, size: type == 50 ? 11 : 10) }
    try bench.reconnect(payloadBytesMax: 10)
    #expect(
      bench.takeEvents().contains(.tooLarge(frame: "50", byteCount: 11, byteCountMax: 10)))
    #expect(bench.sentTypes().filter { $0 < FrameType.firstBusID } == [51])
  }

  @Test("says once when more frames came than are kept, and no manager took them")
  func missed() throws {
    let bench = SessionBench()
    for number in UInt8(1)...3 { try bench.send(50, number, flags: Self.keep) }
    #expect(bench.takeEvents() == [.missed(frame: "50")])
  }

  @Test("a time stamp is later than every one before")
  func timestamps() {
    let bench = SessionBench()
    #expect(bench.timestamp(at: 100) == 100)
    #expect(bench.timestamp(at: 100) == 101)
    #expect(bench.timestamp(at: 50) == 102)
    #expect(bench.timestamp(at: 200) == 200)
  }

  // MARK: What the manager says

  @Test("PING is answered with its token, at the present time")
  func ping() throws {
    let bench = try SessionBench.connected()
    try bench.receive(Ping(token: 77))
    let sent = bench.takeSent()
    #expect(sent.map(\.header.type) == [Pong.frameType.id])
    #expect(sent.first?.header.timestamp == bench.now.wallTime && sent.first?.header.flags.priority == .high)
    #expect(try Pong(payload: sent[0].payload).token == 77)
    #expect(bench.frameCount == 0)
  }

  @Test("a barrier is passed by its own answer and by later ones")
  func barriers() throws {
    let bench = try SessionBench.connected()
    let tokens = (0..<3).map { _ in bench.beginBarrier() }
    #expect(tokens == [1, 2, 3] && !bench.isAnswered(1))
    try bench.receive(Pong(token: 2))
    try bench.receive(Pong(token: 1))
    #expect(tokens.map { bench.isAnswered($0) } == [true, true, false])
  }

  @Test("losses are counted, and logged once a second")
  func losses() throws {
    let bench = try SessionBench.connected()
    let lost = Lost(type: 50, instance: 0, source: 5, count: 3, reason: .queueFull)
    try bench.receive(lost)
    try bench.receive(lost)
    #expect(bench.lostFrames == 6)
    _ = bench.tend()
    #expect(bench.takeEvents() == [.lost(.init(count: 6, total: 6, last: lost))])
    _ = bench.tend()
    try bench.receive(lost)
    bench.pass(milliseconds: 999)
    _ = bench.tend()
    #expect(!bench.hasEvents)
    bench.pass(milliseconds: 1)
    _ = bench.tend()
    #expect(bench.takeEvents() == [.lost(.init(count: 3, total: 9, last: lost))])
  }

  @Test("what the manager does not keep is no loss, and is said once per type and connection")
  func notKept() throws {
    let bench = try SessionBench.connected()
    let notKept = Lost(type: 50, instance: 0, source: 9, count: 3, reason: .notKept)
    for _ in 0..<2 { try bench.receive(notKept) }
    #expect(bench.takeEvents() == [.notKept(frame: "50")] && bench.lostFrames == 0)
    try bench.reconnect()
    _ = bench.takeEvents()
    try bench.receive(notKept)
    #expect(bench.takeEvents() == [.notKept(frame: "50")])
  }

  @Test("frames of a sender with another schema carry the difference, until the next connection")
  func mismatch() throws {
    let bench = try SessionBench.connected()
    bench.listen(for: [Subscription(.all)])
    let mismatch = Mismatch(
      type: 50, name: "FIFTY", module: 5, moduleName: "other", fieldsHere: "", fieldsThere: "", difference: "field x")
    try bench.receive(mismatch)
    #expect(bench.takeEvents() == [.mismatch(mismatch)])
    for source: UInt32 in [5, 6] { bench.receive(FrameHeader(size: 0, type: 50, source: source), []) }
    #expect(bench.next()?.mismatch == "field x" && bench.next()?.mismatch == nil)
    try bench.reconnect()
    bench.receive(FrameHeader(size: 0, type: 50, source: 5), [])
    let frame = bench.next()
    #expect(frame != nil && frame?.mismatch == nil)
  }

  @Test("a frame of the manager's that cannot be decoded is said, and the connection stands")
  func badBusFrame() throws {
    let bench = try SessionBench.connected()
    #expect(bench.receive(FrameHeader(size: 1, type: Ping.frameType.id), [1]) == .none)
    let events = bench.takeEvents()
    guard case .badBusFrame = events.first, events.count == 1 else {
      Issue.record("\(events)")
      return
    }
    #expect(bench.isConnected && bench.frameCount == 0)
  }

  // MARK: Questions and jobs

  @Test("a question listens for its answer only as long as it is open")
  func question() throws {
    let bench = try SessionBench.connected()
    bench.begin(Question(type: 50, instance: 2))
    #expect(bench.sentTypes() == [Listen.frameType.id])
    try bench.send(50, flags: FrameFlags.request.with(.normal))
    bench.questionSent()
    for flags: FrameFlags in [.retained, .request] {
      bench.receive(FrameHeader(size: 0, type: 50, flags: flags, instance: 2), [])
    }
    bench.receive(FrameHeader(size: 0, type: 50, instance: 1), [])
    bench.receive(FrameHeader(size: 0, type: 51, instance: 2), [])
    #expect(bench.isQuestionOpen)
    bench.receive(FrameHeader(size: 1, type: 50, instance: 2), [9])
    bench.receive(FrameHeader(size: 1, type: 50, instance: 2), [10])
    #expect(!bench.isQuestionOpen && bench.frameCount == 0)
    _ = bench.takeSent()
    #expect(bench.endQuestion()?.answer?.payload == [9])
    #expect(bench.sentTypes() == [Listen.frameType.id])
    #expect(bench.endQuestion()?.isOpen == nil)
  }

  @Test("a question about what the module listens for changes no listen set")
  func knownQuestion() throws {
    let bench = try SessionBench.connected()
    bench.listen(for: [Subscription(.all)])
    _ = bench.takeSent()
    bench.begin(Question(type: 50, instance: 2))
    _ = bench.endQuestion()
    #expect(bench.isEverythingSent)
  }

  @Test("only the question's own request can be one that nobody listens for; others are said once")
  func unheard() throws {
    let bench = try SessionBench.connected()
    try bench.send()
    bench.begin(Question(type: 50, instance: 2))
    try bench.receive(NoListener(type: 50, instance: 2, sequence: 1))
    try bench.send(50, flags: FrameFlags.request.with(.normal))
    bench.questionSent()
    for (type, sequence): (UInt16, UInt32) in [(50, 0), (50, 2), (51, 1)] {
      try bench.receive(NoListener(type: type, instance: 2, sequence: sequence))
    }
    #expect(bench.isQuestionOpen)
    #expect(bench.takeEvents() == [.noListener(frame: "50"), .noListener(frame: "51")])
    try bench.receive(NoListener(type: 50, instance: 2, sequence: 1))
    #expect(!bench.isQuestionOpen && !bench.hasEvents)
    #expect(bench.endQuestion()?.isUnheard == true)
  }

  @Test("the command of a job goes out at once, each second while nobody answers, and on a new connection")
  func job() throws {
    let bench = try SessionBench.connected()
    let bus = try Bus(BusConfiguration(name: "x"), link: NoLink())
    let job = Job<Brew>(
      bus, request: 7, instance: 3, frames: Brew.job, command: (Brew.frameType, try Brew(request: 7).payload()))
    try bench.add(job)
    #expect(bench.sentTypes() == [Declare.frameType.id, Listen.frameType.id, Brew.frameType.id])
    #expect(bench.deadline == bench.now.time + 1_000_000_000)
    bench.pass(milliseconds: 999)
    _ = bench.tend()
    #expect(bench.isEverythingSent)
    bench.pass(milliseconds: 1)
    _ = bench.tend()
    let sent = bench.takeSent()
    #expect(sent.map(\.header.type) == [Brew.frameType.id] && sent.map(\.header.instance) == [3])
    #expect(try Brew(payload: sent[0].payload).request == 7)
    try bench.reconnect()
    #expect(bench.sentTypes().last == Brew.frameType.id)
    try bench.receive(BrewOutcome(request: 7, outcome: .done, text: ""), instance: 3)
    #expect(job.outcome?.outcome == .done && bench.frameCount == 0)
    _ = bench.tend()
    #expect(bench.sentTypes() == [Listen.frameType.id] && bench.deadline == nil)
  }
}
