import BusSystem
import BusWire

@testable import BusClient

/// A session without a link: the test is the manager, the clock and the socket.
final class SessionBench {
  /// What is not copied cannot stand in `#expect`; so there are words for it below.
  var session: ClientSession
  /// What the session has sent and the test has not looked at.
  private var sent: [UInt8] = []
  var now = ClientSession.Moment(time: 1_000_000_000, wallTime: 5_000_000_000)

  init(addresses: [String] = ["first", "second"], seed: UInt64 = 1) {
    session = ClientSession(
      hello: Hello(
        version: WireProtocol.version, instance: 3, observer: false, pid: 7, name: "bench", client: "c",
        clientVersion: "1"),
      addresses: addresses, seed: seed)
  }

  /// A session that a manager has welcomed.
  static func connected(payloadBytesMax: UInt32 = 1000) throws -> SessionBench {
    let bench = SessionBench()
    _ = bench.begin()
    bench.opened()
    try bench.welcome(payloadBytesMax: payloadBytesMax)
    _ = bench.takeSent()
    _ = bench.takeEvents()
    return bench
  }

  /// A break, and the next welcome.
  func reconnect(payloadBytesMax: UInt32 = 1000) throws {
    _ = session.broke("gone", at: now)
    pass(milliseconds: 100)
    _ = session.begin(at: now)
    session.opened(at: now)
    try welcome(payloadBytesMax: payloadBytesMax)
  }

  func pass(milliseconds: UInt64) {
    now.time += milliseconds * 1_000_000
    now.wallTime += milliseconds * 1_000_000
  }

  @discardableResult
  func welcome(payloadBytesMax: UInt32 = 1000) throws -> ClientSession.Action {
    try receive(Self.welcomeFrame(payloadBytesMax: payloadBytesMax))
  }

  static func welcomeFrame(payloadBytesMax: UInt32) -> Welcome {
    Welcome(
      version: WireProtocol.version, module: 9, bus: "b", managerVersion: "1", payloadBytesMax: payloadBytesMax,
      queueBytesMax: 1)
  }

  /// A frame comes, whole.
  @discardableResult
  func receive<Payload: TypedFrame>(
    _ frame: Payload, flags: FrameFlags = FrameFlags().with(.normal), instance: UInt8 = 0, source: UInt32 = 0
  ) throws -> ClientSession.Action {
    let payload = try frame.payload()
    return receive(
      FrameHeader(
        size: UInt32(payload.count), type: Payload.frameType.id, flags: flags, instance: instance, source: source),
      payload)
  }

  @discardableResult
  func receive(_ header: FrameHeader, _ payload: [UInt8]) -> ClientSession.Action {
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    return receive(bytes + payload)
  }

  func receive(_ bytes: [UInt8]) -> ClientSession.Action {
    guard let room = session.room(), room.count >= bytes.count else { return .none }
    room.copyBytes(from: bytes)
    return session.received(bytes.count, at: now)
  }

  /// What the session has sent since the last call, frame by frame.
  func takeSent() -> [(header: FrameHeader, payload: [UInt8])] {
    var bytes = [UInt8](session.unsentBytes)
    session.sent(bytes.count)
    var frames: [(FrameHeader, [UInt8])] = []
    while bytes.count >= FrameHeader.byteCount {
      let header = bytes.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
      frames.append((header, [UInt8](bytes[FrameHeader.byteCount..<header.frameByteCount])))
      bytes.removeFirst(header.frameByteCount)
    }
    return frames
  }

  /// The types of what was sent since the last call.
  func sentTypes() -> [UInt16] { takeSent().map(\.header.type) }

  /// Sends a frame of one byte.
  @discardableResult
  func send(
    _ type: UInt16 = 50, _ number: UInt8 = 1, flags: FrameFlags = FrameFlags().with(.normal), size: Int = 1
  ) throws -> Outgoing.Fate {
    let header = FrameHeader(
      size: UInt32(size), type: type, flags: flags, timestamp: session.timestamp(at: now.wallTime))
    return try session.send(header, FrameType(id: type)) { writer throws(CodecError) in
      [UInt8](repeating: number, count: size).withUnsafeBytes { writer.append(bytes: $0) }
    }
  }
}

extension SessionBench {
  var isOpen: Bool { session.isOpen }
  var isConnected: Bool { session.isConnected }
  var isStopped: Bool { session.isStopped }
  var id: UInt32? { session.id }
  var welcomes: Int { session.welcomes }
  var lastAbsence: Duration? { session.lastAbsence }
  var lastFailure: BusError? { session.lastFailure }
  var notConnected: BusError { session.notConnected }
  var deadline: UInt64? { session.deadline }
  var frameCount: Int { session.frameCount }
  var lostFrames: UInt64 { session.lostFrames }
  var hasEvents: Bool { session.hasEvents }
  var isEverythingSent: Bool { session.isEverythingSent }
  var unsentByteCount: Int { session.unsentByteCount }
  var isQuestionOpen: Bool { session.isQuestionOpen }

  func begin() -> ClientSession.Action { session.begin(at: now) }
  func opened() { session.opened(at: now) }
  func broke(_ reason: String) -> ClientSession.Action { session.broke(reason, at: now) }
  func tend() -> ClientSession.Action { session.tend(at: now) }
  func takeEvents() -> [ClientEvent] { session.takeEvents() }
  func next() -> Frame? { session.next() }
  func sent(_ byteCount: Int) { session.sent(byteCount) }
  func stop() { session.stop() }
  func leave() { session.leave(at: now) }
  func timestamp(at wallTime: UInt64) -> UInt64 { session.timestamp(at: wallTime) }
  func listen(for subscriptions: [Subscription]) { session.listen(for: subscriptions, at: now) }
  func begin(_ question: Question) { session.begin(question, at: now) }
  func questionSent() { session.questionSent() }
  func endQuestion() -> Question? { session.endQuestion(at: now) }
  func beginBarrier() -> UInt64 { session.beginBarrier(at: now) }
  func isAnswered(_ barrier: UInt64) -> Bool { session.isAnswered(barrier) }
  func add(_ job: OpenJob) throws(BusError) { try session.add(job, at: now) }
}

/// A link that leads nowhere.
final class NoLink: Link {
  let monotonicTime: UInt64 = 0
  let wallTime: UInt64 = 0
  func random(below bound: UInt64) -> UInt64 { 0 }
  func open(_ address: BusAddress) throws(SystemError) {
    throw SystemError(code: SystemError.connectionRefused, call: "connect")
  }
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer { .endOfStream }
  func send(_ bytes: UnsafeRawBufferPointer) -> Transfer { .endOfStream }
  func endSending() {}
  func close() {}
  func wait(
    forBytes: Bool, forRoom: Bool, others: [WakeInterest], until deadline: UInt64
  ) -> [FileDescriptor] { [] }
}
