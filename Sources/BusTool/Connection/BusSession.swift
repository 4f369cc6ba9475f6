import BusClient

/// The tool's connection to a bus, and what it has learned there.
final class BusSession {
  let bus: Bus
  var view = BusView()
  /// Frames that arrived while something else was waited for.
  var pending: ArraySlice<Frame> = []
  private var schemas: [Schema] = []
  /// The manager's counters, as they were told last.
  var counters: BusStatus?
  /// What the manager dropped instead of sending it here, and nobody was told yet.
  var losses: ArraySlice<Lost> = []
  /// The frames that a refresh was made for already: an undeclared one is asked for once.
  var asked: Set<AskedFrame> = []
  var connectionCount = 0
  var hasToldOfLoss = false
  /// When the descriptor of an interruption was looked at last, in monotonic nanoseconds.
  var lastLook: UInt64 = 0

  struct AskedFrame: Hashable {
    let type: UInt16
    let source: UInt32
  }

  /// Connects and learns who is there.
  ///
  /// - Parameter address: the manager; nil tries the usual places.
  init(address: String?, _ role: ClientRole) throws(ToolError) {
    var configuration = BusConfiguration(name: role.name)
    configuration.instance = role.instance
    configuration.isObserver = role.isObserver
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

  /// Listens for this and for what the bus tells about itself.
  func listen(for subscriptions: [Subscription]) {
    bus.listen(
      for: subscriptions + [Subscription(.moduleStatus), Subscription(.busStatus), Subscription(.lost)])
  }

  /// Asks for all declared schemas and waits for them. Frames that arrive meanwhile are kept.
  func refresh() throws(ToolError) {
    schemas = []
    try run { () throws(BusError) in
      try bus.request(.schema)
      try bus.barrier(timeoutMilliseconds: Self.answerMilliseconds, takeFrames: drain)
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

  /// Takes in what the bus tells about itself; false for everything else.
  func absorb(_ frame: Frame) -> Bool {
    guard frame.type.isBusFrame else { return false }
    if let status = try? frame.decode(ModuleStatus.self) { view.update(status) }
    if let schema = try? frame.decode(Schema.self) { schemas.append(schema) }
    if let status = try? frame.decode(BusStatus.self) { counters = status }
    if let lost = try? frame.decode(Lost.self) { losses.append(lost) }
    return true
  }
}
