import BusClient

/// The tool's connection to a bus as an observer, and what it has learned there.
final class BusSession {
  let bus: Bus
  private(set) var view = BusView()
  /// Frames that arrived while something else was waited for.
  private var pending: ArraySlice<Frame> = []
  private var schemas: [Schema] = []
  /// The frames that a refresh was made for already: an undeclared one is asked for once.
  private var asked: Set<AskedFrame> = []
  private var connectionCount = 0
  private var hasToldOfLoss = false

  private struct AskedFrame: Hashable {
    let type: UInt16
    let source: UInt32
  }

  /// Connects and learns who is there.
  ///
  /// - Parameter address: the manager; nil tries the usual places.
  init(address: String?) throws(ToolError) {
    var configuration = BusConfiguration(name: "framebus-\(BusClient.Process.id)")
    configuration.isObserver = true
    // The commands say themselves what a person must know.
    configuration.log = Log(level: .error)
    do throws(BusAddress.ParseError) {
      if let address { configuration.address = try BusAddress(address) }
    } catch {
      throw ToolError(.usage, "--bus: \(error)")
    }
    do throws(BusError) {
      bus = try Bus(configuration)
    } catch {
      throw ToolError(error)
    }
    try run { () throws(BusError) in try Self.connect(bus) }
    connectionCount = bus.connectionCount
    listen(for: [])
    try refresh()
  }

  /// Fails at once if nobody is there, and waits for a manager that is slow to answer.
  private static func connect(_ bus: Bus) throws(BusError) {
    do throws(BusError) {
      try bus.connect(timeoutMilliseconds: 0)
    } catch  where error.code == .timeout {
      try bus.connect(timeoutMilliseconds: 2000)
    }
  }

  func stop() { bus.stop() }

  /// Does something on the bus, with its errors in the tool's words.
  func run<Result>(_ body: () throws(BusError) -> Result) throws(ToolError) -> Result {
    do throws(BusError) {
      return try body()
    } catch {
      throw ToolError(error)
    }
  }

  /// Listens for this and for the coming and going of modules.
  func listen(for subscriptions: [Subscription]) {
    bus.listen(for: subscriptions + [Subscription(.moduleStatus)])
  }

  /// Asks for all declared schemas and waits for them. Frames that arrive meanwhile are kept.
  func refresh() throws(ToolError) {
    schemas = []
    try run { () throws(BusError) in try bus.request(.schema) }
    var attemptsLeft = 40
    while true {
      do throws(BusError) {
        try bus.barrier(timeoutMilliseconds: 50)
        break
      } catch {
        // With the inbox full of frames the answer cannot come in: make room and ask again.
        attemptsLeft -= 1
        guard error.code == .timeout, attemptsLeft > 0 else { throw ToolError(error) }
        try drain()
      }
    }
    try drain()
    view.replaceSchemas(schemas)
    schemas = []
  }

  /// Empties the inbox once, even if frames come faster than they are taken out.
  private func drain() throws(ToolError) {
    var framesLeft = Self.inboxFramesMax
    while framesLeft > 0, bus.hasData {
      framesLeft -= 1
      let frame = try run { () throws(BusError) in try bus.getData() }
      if !absorb(frame) { pending.append(frame) }
    }
  }

  /// More frames than an inbox of the SDK holds.
  private static let inboxFramesMax = 16_384

  /// Takes in what the bus tells about itself; false for everything else.
  private func absorb(_ frame: Frame) -> Bool {
    guard frame.type.isBusFrame else { return false }
    if let status = try? frame.decode(ModuleStatus.self) { view.update(status) }
    if let schema = try? frame.decode(Schema.self) { schemas.append(schema) }
    return true
  }

  /// What happened to a command that watches the bus.
  enum Event {
    case frame(Frame)
    /// Nothing for the given time.
    case silence
    /// The person at the keyboard wants the tool to end.
    case interrupted
    case disconnected(reason: String)
    case reconnected
  }

  /// Waits for the next event. The schema of a frame is known when it comes out, if anyone has declared it.
  ///
  /// - Parameters:
  ///   - interruption: readable when the tool is to end.
  ///   - deadline: in monotonic nanoseconds; nil for ever.
  func next(interruption: FileDescriptor, until deadline: UInt64?) throws(ToolError) -> Event {
    bus.wake(on: interruption)
    while true {
      if let frame = pending.popFirst() {
        try learnSchema(of: frame)
        return .frame(frame)
      }
      let now = Clock.monotonic
      let wait = deadline.map { $0 > now ? Int(clamping: ($0 - now + 999_999) / 1_000_000) : 0 } ?? .max
      let hasData = bus.waitForData(timeoutMilliseconds: min(wait, Self.lookMilliseconds))
      if bus.isReady(interruption) { return .interrupted }
      if let event = try connectionEvent() { return event }
      if hasData {
        let frame = try run { () throws(BusError) in try bus.getData() }
        if absorb(frame) { continue }
        try learnSchema(of: frame)
        return .frame(frame)
      } else if let deadline, Clock.monotonic >= deadline {
        return .silence
      }
    }
  }

  /// How long a break of the connection may go unnoticed, in milliseconds.
  private static let lookMilliseconds = 250

  private func connectionEvent() throws(ToolError) -> Event? {
    if bus.connectionCount != connectionCount {
      connectionCount = bus.connectionCount
      hasToldOfLoss = false
      // Module ids have another meaning now.
      view = BusView()
      asked = []
      try refreshIfConnected()
      return .reconnected
    }
    guard !bus.isConnected, !hasToldOfLoss else { return nil }
    hasToldOfLoss = true
    return .disconnected(reason: bus.lastFailure?.message ?? "the connection is gone")
  }

  private func learnSchema(of frame: Frame) throws(ToolError) {
    let (type, source) = (frame.header.type, frame.source)
    guard bus.isConnected, !view.hasDeclaration(of: type, from: source) else { return }
    if asked.count >= Self.askedMax { asked = [] }
    if asked.insert(AskedFrame(type: type, source: source)).inserted { try refreshIfConnected() }
  }

  /// A few thousand, so that a tool that runs for months does not grow.
  private static let askedMax = 4096

  /// That the connection breaks meanwhile is an event of its own.
  private func refreshIfConnected() throws(ToolError) {
    do throws(ToolError) {
      try refresh()
    } catch {
      if bus.isConnected { throw error }
    }
  }
}
