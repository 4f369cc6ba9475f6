import BusClient
import BusSystem

/// The tool's connection to a bus, and what it has learned there.
final class BusSession {
  let bus: Bus
  var view = BusView()
  /// Frames that arrived while something else was waited for.
  var pending: ArraySlice<Frame> = []
  /// How often a module has joined, or this tool found one on the bus.
  private(set) var joinCount = 0
  private var schemas: [Schema] = []
  /// The manager's counters, as they came last.
  var counters: BusStatus?
  /// What the manager dropped instead of sending it here, and no command has seen yet.
  var losses: ArraySlice<Lost> = []
  /// The frames that a refresh was made for already: an undeclared one is asked for once.
  var asked: Set<AskedFrame> = []
  var connectionCount = 0
  var hasReportedLoss = false
  /// When `interruption` was looked at last, in monotonic nanoseconds.
  var lastLook: UInt64 = 0
  /// Readable when the tool is to end; nil while a signal simply ends it.
  private(set) var interruption: FileDescriptor?
  /// Whether it waits for what is not there yet.
  let waits: Bool

  struct AskedFrame: Hashable {
    let type: UInt16
    let source: UInt32
  }

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

  /// Connects and learns who is there. Without a manager it fails, or waits for one if it was asked to.
  func connect(_ console: Console) throws(ToolError) {
    hasReportedLoss = true
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
    hasReportedLoss = false
    connectionCount = bus.connectionCount
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
    if let interruption { return interruption }
    let descriptor = try console.interruptible()
    interruption = descriptor
    return descriptor
  }

  /// Looks for something on the bus, again and again if this session waits for what is not there yet.
  ///
  /// - Parameter find: throws an error that is `mayPass` if waiting may help.
  func find<Found>(
    _ console: Console, _ find: () throws(ToolError) -> Found
  ) throws(ToolError) -> Found {
    var hasReported = false
    while true {
      do throws(ToolError) {
        return try find()
      } catch  where waits && error.mayPass {
        if !hasReported { console.report("\(error.message); waiting for it") }
        hasReported = true
        try pause(console)
      }
    }
  }

  /// How long it takes at most until something new on the bus is seen, in milliseconds.
  private static let pauseMilliseconds: UInt64 = 250

  private func pause(_ console: Console) throws(ToolError) {
    try interruptible(console)
    let deadline = Clock.monotonic + Self.pauseMilliseconds * 1_000_000
    while true {
      switch try next(until: deadline) {
      case .interrupted: throw ToolError("interrupted before it was there")
      case .silence: return bus.isConnected ? try refresh() : ()
      case .frame, .lost, .connected, .disconnected: break
      }
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

  /// Listens for this and for what the bus reports about itself.
  func listen(for subscriptions: [Subscription]) {
    bus.listen(
      for: subscriptions + [Subscription(.moduleStatus), Subscription(.busStatus), Subscription(.lost)])
  }

  /// Asks for all declared schemas and waits for them. Frames that arrive meanwhile are kept.
  func refresh() throws(ToolError) {
    schemas = []
    try run { () throws(BusError) in
      try bus.request(.schema)
      try bus.barrier(timeout: .milliseconds(Self.answerMilliseconds), takeFrames: drain)
    }
    drain()
    view.replaceSchemas(schemas)
    schemas = []
  }

  /// Behind a flood of frames the answer may take a while.
  static let answerMilliseconds = 5000

  /// Empties the inbox once, even if frames come faster than they are taken out.
  func drain() {
    var framesLeft = Self.inboxFramesMax
    while framesLeft > 0, bus.hasData, let frame = try? bus.getData() {
      framesLeft -= 1
      if !absorb(frame) { pending.append(frame) }
    }
  }

  /// More frames than an inbox of the SDK holds.
  private static let inboxFramesMax = 16_384

  /// Keeps what the bus reports about itself; false for everything else.
  func absorb(_ frame: Frame) -> Bool {
    guard frame.type.isBusFrame else { return false }
    if let status = try? frame.decode(ModuleStatus.self) {
      view.update(status)
      if status.state == .joined, !status.observer { joinCount += 1 }
    }
    if let schema = try? frame.decode(Schema.self) { schemas.append(schema) }
    if let status = try? frame.decode(BusStatus.self) { counters = status }
    if let lost = try? frame.decode(Lost.self) { losses.append(lost) }
    return true
  }
}
