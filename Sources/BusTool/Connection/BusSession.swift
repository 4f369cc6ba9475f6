import BusClient
import BusSystem

/// The tool's connection to a bus, and what it has learned there.
final class BusSession {
  /// What happened to a command that watches the bus.
  enum Event {
    case frame(Frame)
    /// The manager dropped frames instead of sending them here.
    case lost(Lost)
    /// Nothing for the given time.
    case silence
    /// The person at the keyboard wants the tool to end.
    case interrupted
    case disconnected(reason: String)
    /// A manager is there, for the first time or again.
    case connected(isFirst: Bool)
  }

  /// How long a break of the connection or a signal may go unnoticed, in milliseconds.
  static let lookMilliseconds = 250
  /// Behind a flood of frames the answer may take a while.
  private static let answerMilliseconds = 5000
  /// More frames than an inbox of the SDK holds.
  private static let inboxFramesMax = 16_384

  let bus: Bus
  /// Whether it waits for what is not there yet.
  let waits: Bool
  private var news = SessionNews()
  private var connection = ConnectionWatch()
  /// nil while a signal simply ends the tool.
  private var interruption: Interruption?

  /// Connects to nothing yet.
  init(_ place: BusPlace, _ role: ClientRole) throws(ToolError) {
    waits = place.waits
    var configuration = BusConfiguration(name: role.name)
    configuration.address = place.address
    configuration.instance = role.instance
    configuration.isObserver = role.isObserver
    // The commands report themselves what a person must know.
    configuration.log = Log(level: .error)
    do throws(BusError) {
      bus = try Bus(configuration)
    } catch {
      throw ToolError(error)
    }
  }

  /// Who is on the bus, and what they declared.
  var view: BusView { news.view }
  /// How often a module has joined, or this tool found one on the bus.
  var joinCount: Int { news.joinCount }
  /// Whether a manager was ever there.
  var hasConnected: Bool { connection.count > 0 }

  // MARK: The connection

  /// Connects and learns who is there. Without a manager it fails, or waits for one if it was asked to.
  func connect(_ console: Console) throws(ToolError) {
    connection.expectNone()
    do throws(BusError) {
      try attempt()
    } catch  where waits && error.code == .notConnected {
      console.report("\(error.message); waiting for it")
      let interruption = try interruptible(console)
      repeat {
        if interruption.isReadable { throw ToolError("interrupted before a manager was there") }
        bus.wake(on: interruption)
        _ = bus.waitForData(timeout: .milliseconds(Self.lookMilliseconds))
      } while !bus.isConnected
    } catch {
      throw ToolError(error)
    }
    connection.begin(bus)
    listen(for: [])
    try refresh()
  }

  /// Fails at once if nobody is there, and gives a manager that is slow to answer some time.
  private func attempt() throws(BusError) {
    do throws(BusError) {
      try bus.connectOnce()
    } catch  where error.code == .timeout {
      try bus.connect(timeout: .milliseconds(2000))
    }
  }

  /// Begins to catch the signals that end the tool; `next` reports them from now on.
  ///
  /// - Returns: what is readable when one came.
  @discardableResult
  func interruptible(_ console: Console) throws(ToolError) -> FileDescriptor {
    if let interruption { return interruption.descriptor }
    let descriptor = try console.interruptible()
    interruption = Interruption(descriptor: descriptor)
    return descriptor
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

  // MARK: What happens on the bus

  /// Listens for this and for what the bus reports about itself.
  func listen(for subscriptions: [Subscription]) {
    bus.listen(
      for: subscriptions + [Subscription(.moduleStatus), Subscription(.busStatus), Subscription(.lost)])
  }

  /// Waits for the next event. The schema of a frame is known when it comes out, if anyone has declared it.
  ///
  /// - Parameter deadline: in monotonic nanoseconds; nil for ever.
  func next(until deadline: UInt64?) throws(ToolError) -> Event {
    if let interruption { bus.wake(on: interruption.descriptor) }
    while true {
      // On a bus that is never silent the wait returns before it looks at anything else.
      if interruption?.isSeen(at: Clock.monotonicCoarse) == true { return .interrupted }
      if let lost = news.nextLoss() { return .lost(lost) }
      if let frame = news.nextFrame() {
        try learnSchema(of: frame)
        return .frame(frame)
      }
      let now = Clock.monotonic
      let wait = deadline.map { $0 > now ? Int(clamping: ($0 - now + 999_999) / 1_000_000) : 0 } ?? .max
      let hasData = bus.waitForData(timeout: .milliseconds(min(wait, Self.lookMilliseconds)))
      if let interruption, bus.isReady(interruption.descriptor) { return .interrupted }
      if let event = connection.change(of: bus) {
        if case .connected = event {
          news.forgetModules()
          try refreshIfConnected()
        }
        return event
      }
      if hasData {
        let frame = try run { () throws(BusError) in try bus.getData() }
        if news.learn(frame) { continue }
        try learnSchema(of: frame)
        return .frame(frame)
      } else if let deadline, Clock.monotonic >= deadline {
        return .silence
      }
    }
  }

  /// Waits until the manager has handled what was sent, if one is there.
  ///
  /// - Returns: the frames that came until then.
  func finish() throws(ToolError) -> [Frame] {
    if bus.isConnected { try waitForAnswer { () throws(BusError) in } }
    drain()
    var frames: [Frame] = []
    while let frame = news.nextFrame() { frames.append(frame) }
    return frames
  }

  /// Asks for something; whatever arrives until it is answered is learned or kept.
  private func waitForAnswer(to ask: () throws(BusError) -> Void) throws(ToolError) {
    try run { () throws(BusError) in
      try ask()
      try bus.barrier(timeout: .milliseconds(Self.answerMilliseconds), takeFrames: drain)
    }
  }

  /// Empties the inbox once, even if frames come faster than they are taken out.
  private func drain() {
    var framesLeft = Self.inboxFramesMax
    while framesLeft > 0, bus.hasData, let frame = try? bus.getData() {
      framesLeft -= 1
      if !news.learn(frame) { news.keep(frame) }
    }
  }

  // MARK: What the manager knows

  /// Asks for all declared schemas and waits for them. Frames that arrive meanwhile are kept.
  func refresh() throws(ToolError) {
    news.beginSchemas()
    try waitForAnswer { () throws(BusError) in try bus.request(.schema) }
    drain()
    news.endSchemas()
  }

  private func learnSchema(of frame: Frame) throws(ToolError) {
    if bus.isConnected, news.mustAsk(for: frame) { try refreshIfConnected() }
  }

  /// That the connection breaks meanwhile is an event of its own.
  private func refreshIfConnected() throws(ToolError) {
    do throws(ToolError) {
      try refresh()
    } catch {
      if bus.isConnected { throw error }
    }
  }

  /// The manager's counters now. Frames that arrive meanwhile are kept.
  func status() throws(ToolError) -> BusStatus {
    news.beginCounters()
    try waitForAnswer { () throws(BusError) in try bus.request(.busStatus) }
    drain()
    guard let counters = news.counters else { throw ToolError("the manager did not answer with its counters") }
    return counters
  }

  /// What happens on the bus during a while.
  ///
  /// - Parameter milliseconds: how long; nil looks once, without rates.
  func observe(milliseconds: Int?) throws(ToolError) -> StatusWindow {
    guard let milliseconds else { return StatusWindow(try status()) }
    let before = try status()
    let deadline = Clock.monotonic + UInt64(milliseconds) * 1_000_000
    while Clock.monotonic < deadline {
      _ = bus.waitForData(timeout: .nanoseconds(deadline - min(deadline, Clock.monotonic)))
      drain()
      guard bus.isConnected else { throw ToolError(bus.lastFailure?.message ?? "the connection is gone") }
    }
    return StatusWindow(try status(), since: before)
  }
}

/// How a session's connection stands, as far as its command knows.
private struct ConnectionWatch {
  /// The connections so far.
  private(set) var count = 0
  private var hasReportedLoss = false

  /// That there is no connection is nothing new.
  mutating func expectNone() { hasReportedLoss = true }

  /// The command knows of the connection.
  mutating func begin(_ bus: Bus) {
    count = bus.connectionCount
    hasReportedLoss = false
  }

  /// What the command does not know yet; nil if it knows all.
  mutating func change(of bus: Bus) -> BusSession.Event? {
    if bus.connectionCount != count {
      let isFirst = count == 0
      begin(bus)
      return .connected(isFirst: isFirst)
    }
    guard !bus.isConnected, !hasReportedLoss else { return nil }
    hasReportedLoss = true
    return .disconnected(reason: bus.lastFailure?.message ?? "the connection is gone")
  }
}

/// The wish of a person that the tool ends.
private struct Interruption {
  /// Readable when it is to end.
  let descriptor: FileDescriptor
  /// When it was looked at last, in monotonic nanoseconds.
  private var lastLook: UInt64 = 0

  init(descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// Looks now and then whether the tool is to end.
  mutating func isSeen(at now: UInt64) -> Bool {
    guard now &- lastLook >= UInt64(BusSession.lookMilliseconds) * 1_000_000 else { return false }
    lastLook = now
    return descriptor.isReadable
  }
}
