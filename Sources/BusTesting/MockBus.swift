import BusClient
import BusWire

/// A bus without a socket and without waiting: a module under test on one side, the test on the other.
///
///     let mock = try MockBus()
///     var controller = Controller(bus: mock.bus)
///     try mock.deliver(ButtonState(pressed: true))
///     try mock.turn(&controller)
///     #expect(try mock.sent(ActivityLedState.self) == [ActivityLedState(state: true)])
///
/// The client is the real one; only its link ends in memory, where a small manager answers.
public final class MockBus {
  /// What the module under test is given.
  public let bus: Bus
  private let link = MockLink()

  /// A bus that is connected.
  ///
  /// - Parameters:
  ///   - name: of the module under test.
  ///   - instance: of the module under test.
  public convenience init(name: String = "test", instance: UInt8 = 0) throws(BusError) {
    var configuration = BusConfiguration(name: name)
    configuration.instance = instance
    try self.init(configuration)
  }

  /// A bus that is connected, for a module that reads its options.
  ///
  /// - Parameters:
  ///   - options: as on its command line, such as `["--port", "/dev/ttyACM0"]`.
  ///   - module: the module under test; its own options are known, too.
  /// - Throws: `UsageError` if an option is wrong.
  public convenience init<M: Module & ~Copyable>(options: [String], for module: M.Type) throws {
    try self.init(ModuleOptions(program: "test", arguments: options, own: M.options).configuration)
  }

  private init(_ configuration: BusConfiguration) throws(BusError) {
    var configuration = configuration
    configuration.address = .tcp(host: "mock", port: 0)
    configuration.log = Log(level: .error) { _ in }
    bus = try Bus(configuration, link: link)
    try bus.connect()
  }

  /// Puts a frame into the module's inbox, as if another module had sent it.
  ///
  /// - Throws: `CodecError` if the frame breaks its schema.
  public func deliver<Payload: TypedFrame>(
    _ frame: Payload, from source: UInt32 = 100, instance: UInt8 = 0, flags: FrameFlags = []
  ) throws(CodecError) {
    deliver(
      payload: try frame.payload(), type: Payload.frameType.id, from: source, instance: instance,
      flags: flags.with(Payload.frameType.priority))
  }

  /// Puts a request into the module's inbox.
  public func deliverRequest(_ type: FrameType, from source: UInt32 = 100, instance: UInt8 = 0) {
    deliver(payload: [], type: type.id, from: source, instance: instance, flags: FrameFlags.request.with(.normal))
  }

  /// Puts any bytes into the module's inbox as a payload, such as some that do not fit the schema.
  public func deliver(
    payload: [UInt8], type: UInt16, from source: UInt32 = 100, instance: UInt8 = 0,
    flags: FrameFlags = FrameFlags().with(.normal)
  ) {
    let header = FrameHeader(
      size: UInt32(payload.count), type: type, flags: flags, instance: instance, source: source,
      timestamp: link.wallTime)
    link.manager.send(header, payload)
  }

  /// Calls `process()` once, with what was delivered. A time that `wake(at:)` set is forgotten if it has come.
  ///
  /// - Parameter isBeat: whether the turn is a regular one.
  public func turn<M: Module & ~Copyable>(_ module: inout M, isBeat: Bool = true) throws {
    bus.beginTurn(isBeat: isBeat, looks: nil)
    _ = bus.endWakeTime()
    try module.process()
    bus.flush()
  }

  /// Answers every request of a type from now on, as another module would: for what asks with `bus.ask`, or listens.
  ///
  ///     mock.answer(.imuSerial, with: ImuSerial(serial: 7))
  ///     #expect(try module.serialNumber() == 7)
  ///     #expect(mock.requestCount(.imuSerial) == 1)
  ///
  /// - Parameters:
  ///   - type: what is asked for.
  ///   - payload: the answer; each time the same.
  /// - Throws: `CodecError` if the answer breaks its schema.
  public func answer<Payload: TypedFrame>(_ type: FrameType, with payload: Payload) throws(CodecError) {
    link.manager.answers[type.id] = try payload.payload()
  }

  /// The requests that the module has sent so far, with the instance and the priority that it asked with.
  public var asked: [SentFrame] { sent.filter(\.isRequest) }

  /// Everything that the module has sent so far, requests among it; the bus's own frames are left out.
  public var sent: [SentFrame] {
    bus.flush()
    return link.manager.sent
  }

  /// The values of a type that the module has sent so far.
  ///
  /// - Throws: `CodecError` if one does not fit its schema.
  public func sent<Payload: TypedFrame>(_ type: Payload.Type) throws(CodecError) -> [Payload] {
    var payloads: [Payload] = []
    for frame in sent where frame.header.type == Payload.frameType.id && !frame.isRequest {
      payloads.append(try Payload(payload: frame.payload))
    }
    return payloads
  }

  /// How many requests of a type the module has sent so far.
  public func requestCount(_ type: FrameType) -> Int {
    sent.count { $0.header.type == type.id && $0.isRequest }
  }

  /// Forgets what was sent so far.
  public func forgetSent() {
    bus.flush()
    link.manager.sent = []
  }

  /// The listen set that the manager has.
  public var listenSet: [ListenEntry] {
    bus.flush()
    return link.manager.listenSet
  }

  /// The types that were declared on this connection.
  public var declared: [Declare] {
    bus.flush()
    return link.manager.declared
  }

  /// Breaks the connection; the client connects again when its time has come, if `managerIsThere`.
  public func disconnect(managerIsThere: Bool = true) {
    link.isReachable = managerIsThere
    link.close()
  }

  /// Has the manager take nothing more, as if a receiver were full, or go on.
  public func setTakesFrames(_ takesFrames: Bool) {
    link.takesFrames = takesFrames
  }

  /// Sets the largest payload that the manager takes from the next connection on.
  package func setPayloadBytesMax(_ byteCount: UInt32) {
    link.manager.payloadBytesMax = byteCount
  }

  /// Lets time pass.
  public func advance(by duration: Duration) {
    link.advance(by: duration)
  }

  /// Sends one of the manager's own frames to the client, such as a GOODBYE.
  ///
  /// - Throws: `CodecError` if the frame breaks its schema.
  public func deliverFromManager<Payload: TypedFrame>(_ frame: Payload) throws(CodecError) {
    link.manager.send(frame: frame, payload: try frame.payload())
  }
}

/// A frame that a module under test has sent.
public struct SentFrame: Equatable, Sendable {
  /// Type, flags, instance and sequence; the source is 0, as a manager has not seen it.
  public let header: FrameHeader
  /// The encoded fields.
  public let payload: [UInt8]

  /// Whether it asks for the type instead of carrying it.
  public var isRequest: Bool { header.flags.contains(.request) }
}
