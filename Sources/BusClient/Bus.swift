import BusSystem
import BusWire
import DeviceIO
import ProgramKit

/// A module's connection to the bus.
///
/// It has no thread of its own: bytes move when one of its verbs is called, or while it waits. Use it from one thread.
/// It connects by itself and again after a break, and repeats its declarations and its listen set then.
public final class Bus {
  /// How often `hasData` looks for new frames, and which turn of the module it is.
  private struct Turn {
    var isBeat = false
    /// How often it may look between two waits; nil outside of turns.
    var looksMax: Int?
    /// How often it may still look.
    var looksLeft: Int?
  }

  /// Who this client is.
  public let configuration: BusConfiguration
  /// That of the configuration, which every frame has.
  let ownInstance: UInt8
  private let driver: SessionDriver
  // Accesses are not checked, because every frame has some: what a session calls back is the encoding of a frame, which
  // knows of no bus.
  @exclusivity(unchecked) var session: ClientSession
  private var wakes = Wakes()
  private var turn = Turn()
  /// When the first of the frames was sent that are gathered now, on the coarse clock and on the wall.
  @exclusivity(unchecked) private var gathering: (tick: UInt64, wallTime: UInt64) = (0, 0)
  /// Failures are thrown, not logged: somebody waits in `connect`.
  private var isConnecting = false

  /// A client of the manager at the configured address. It connects when it first waits, or by `connect`.
  ///
  /// - Throws: `BusError` if the configuration means nothing.
  public convenience init(_ configuration: BusConfiguration) throws(BusError) {
    try self.init(configuration, link: SocketLink())
  }

  package init(_ configuration: BusConfiguration, link: any Link) throws(BusError) {
    guard WireProtocol.isValidName(configuration.name) else {
      throw BusError(
        .configuration, "'\(configuration.name)' is no module name; use 1 to 64 letters, digits and ._-")
    }
    self.configuration = configuration
    ownInstance = configuration.instance
    let addresses = try configuration.addresses()
    driver = SessionDriver(link, addresses: addresses)
    session = ClientSession(
      hello: Hello(
        version: WireProtocol.version, instance: configuration.instance, observer: configuration.isObserver,
        pid: Process.id, name: configuration.name, client: ClientVersion.name, clientVersion: ClientVersion.text),
      addresses: addresses.map { "\($0)" }, seed: link.random(below: .max))
  }

  /// Where the module's events go; `--log-level` says which.
  public var log: Log { configuration.log }

  /// What the program was given on its command line: the module's own options, and `sim`.
  public var options: GivenOptions { configuration.options }

  // MARK: The connection

  /// Whether the manager has welcomed this client and the connection stands.
  public var isConnected: Bool { session.isConnected }

  /// The module id that the manager gave; nil while not connected.
  public var moduleID: UInt32? { session.id }

  /// Why the last connection ended or could not be made.
  public var lastFailure: BusError? { session.lastFailure }

  /// How often a manager has welcomed this client. A change means that frames may be missing in between, and that
  /// module ids have another meaning.
  public var connectionCount: Int { session.welcomes }

  /// How long the bus was away before the present connection; nil on the first one.
  ///
  /// Frames of that time are missing, and module ids have another meaning since.
  public var lastAbsence: Duration? { session.lastAbsence }

  /// Waits until the manager has welcomed this client.
  ///
  /// - Parameter timeout: how long at most, with as many attempts as it takes; nil for ever.
  /// - Throws: `BusError` that says whether a manager is there, and what it said if it refused.
  public func connect(timeout: Duration? = .seconds(1)) throws(BusError) {
    try connect(until: deadline(after: timeout), isOneAttempt: false)
  }

  /// Makes one attempt at each address, and waits for the manager's answer there, 5 s at most.
  ///
  /// - Throws: `BusError` like `connect`.
  public func connectOnce() throws(BusError) {
    try connect(until: .max, isOneAttempt: true)
  }

  private func connect(until deadline: UInt64, isOneAttempt: Bool) throws(BusError) {
    isConnecting = true
    defer { isConnecting = false }
    while !isConnected {
      exchange()
      if isConnected { return }
      if !session.isOpen, !session.isStopped, let lastFailure, lastFailure.code.refusal != nil { throw lastFailure }
      guard monotonicTime < deadline, session.isOpen || !isOneAttempt else {
        throw lastFailure ?? BusError(.timeout, "the manager did not answer HELLO in time")
      }
      waitOnce(until: deadline)
    }
  }

  /// Sends what waits, says GOODBYE, and closes the connection for good once the manager has answered: it has read
  /// everything then. Frames that wait for the module are dropped.
  ///
  /// It takes 2 s at most; a manager that has not answered by then is named in the log, as the last frames may be lost.
  public func stop() {
    let deadline = monotonicTime + Self.stopNanoseconds
    session.leave(at: driver.now)
    flush(until: deadline) { !session.isEverythingSent }
    if session.isEverythingSent {
      driver.endSending()
      flush(until: deadline) { session.isOpen }
    }
    driver.close()
    session.stop()
    logEvents()
  }

  /// How long `stop()` may take.
  private static let stopNanoseconds: UInt64 = 2_000_000_000

  // MARK: Frames that arrive

  /// Frames that wait for the module.
  var frameCount: Int { session.frameCount }

  /// Frames that the manager dropped instead of sending them here, since the start.
  public var lostFrames: UInt64 { session.lostFrames }

  /// Whether a frame waits. It looks for new ones without waiting.
  ///
  /// In `process()` it looks a few times only: frames that come faster than they are handled are for the next turn, so
  /// that a flood keeps a module neither from its device nor from its end.
  public var hasData: Bool {
    if session.frameCount == 0, turn.looksLeft != 0 {
      turn.looksLeft? -= 1
      exchange()
    }
    return session.frameCount > 0
  }

  /// The next frame.
  ///
  /// - Throws: `BusError.noData` if there is none.
  public func getData() throws(BusError) -> Frame {
    guard let frame = nextFrame() else { throw .noData }
    return frame
  }

  /// The next frame; nil if there is none. It looks for new ones as `hasData` does.
  public func nextFrame() -> Frame? {
    if session.frameCount > 0 { return session.next() }
    return hasData ? session.next() : nil
  }

  /// Waits until a frame is there, or a descriptor given to `wake(on:)` is ready.
  ///
  /// - Parameter timeout: how long at most; nil for ever.
  /// - Returns: whether a frame is there.
  public func waitForData(timeout: Duration?) -> Bool {
    if hasData { return true }
    let deadline = deadline(after: timeout)
    forgetReady()
    while session.frameCount == 0, !wakes.isAnyReady, !session.isStopped, monotonicTime < deadline {
      waitOnce(until: deadline)
    }
    return session.frameCount > 0
  }

  // MARK: What wakes the module

  /// The time that `wake(at:)` goes by: how long it is since some moment in the past. It only goes forward. In tests it
  /// is that of `MockBus`.
  public var now: Duration { .nanoseconds(monotonicTime) }

  /// Nanoseconds since the Unix epoch, as the time stamps of frames count them.
  public var wallTime: UInt64 { driver.wallTime }

  /// Wakes the module early whenever a descriptor, such as that of a `SerialLine`, is readable.
  ///
  /// A descriptor that nobody reads stays readable: it wakes the module 64 times and then ten times in a
  /// millisecond. Frames come in between as ever.
  ///
  /// - Parameters:
  ///   - descriptor: it must stay open until `stopWaking(on:)`.
  ///   - writing: whether to wake when it is writable, too; a second call for the descriptor changes it.
  public func wake(on descriptor: FileDescriptor, writing: Bool = false) {
    wakes.add(WakeInterest(descriptor: descriptor, writing: writing))
  }

  /// Ends what `wake(on:)` began. Call it before the descriptor is closed.
  public func stopWaking(on descriptor: FileDescriptor) {
    wakes.remove(descriptor)
  }

  /// Ends all waking, by descriptors and by time.
  func stopWaking() {
    wakes.removeAll()
  }

  /// Whether a descriptor given to `wake(on:)` was ready when this turn began.
  public func isReady(_ descriptor: FileDescriptor) -> Bool {
    wakes.isReady(descriptor)
  }

  /// Waits for one of these descriptors to be readable, at most until a time: for a module that brings its device to
  /// rest in `stop()`, when `process()` is not called any more. `hasData` looks for new frames again after it.
  ///
  /// - Parameters:
  ///   - descriptors: what may end the wait early.
  ///   - deadline: the time, as `now` says it; if it has passed, this returns at once.
  public func wait(for descriptors: [FileDescriptor], until deadline: Duration) {
    let interests = descriptors.map { WakeInterest(descriptor: $0, writing: false) }
    _ = driver.wait(forBytes: false, forRoom: false, others: interests, until: deadline.inNanoseconds)
    turn.looksLeft = turn.looksMax
  }

  /// Has `process()` called at a time, once, if not before: for what is due between two beats.
  ///
  /// It replaces the time that was set before. The call is not a beat.
  ///
  /// - Parameter time: as `now` says it; at once if it has passed, not at all if nil.
  public func wake(at time: Duration?) {
    wakes.wake(at: time)
  }

  /// Forgets the time that `wake(at:)` set, if it has come.
  ///
  /// - Returns: whether it has.
  package func endWakeTime() -> Bool { wakes.endTime(at: now) }

  /// When `process()` is called at the latest, as `wake(at:)` has set it; nil if it was not set or has come.
  public var wakeTime: Duration? { wakes.time }

  /// Whether a descriptor given to `wake(on:)` was ready since `forgetReady()`.
  var isAnyReady: Bool { wakes.isAnyReady }

  func forgetReady() { wakes.forgetReady() }

  // MARK: Turns

  /// Whether this turn of `process()` is one of the regular ones; the others come early, because of new data.
  public var isBeat: Bool { turn.isBeat }

  /// Begins a turn of the module.
  ///
  /// - Parameter looks: how often `hasData` may look for new frames in it; nil as often as it likes.
  package func beginTurn(isBeat: Bool, looks: Int?) {
    turn = Turn(isBeat: isBeat, looksMax: looks, looksLeft: looks)
  }

  /// What follows in this turn is not the beat any more.
  package func endBeat() {
    turn.isBeat = false
  }

  /// Ends a turn: `hasData` looks for new frames whenever there are none.
  package func endTurn() {
    turn.looksMax = nil
    turn.looksLeft = nil
  }

  // MARK: Bytes

  /// The time on the link's clock, in nanoseconds.
  var monotonicTime: UInt64 { driver.time }
  /// The time on both of its clocks.
  var moment: ClientSession.Moment { driver.now }
  func random(below bound: UInt64) -> UInt64 { driver.random(below: bound) }

  /// The time on the link's clock after this long; the last one there is for nil or a duration beyond all bounds.
  func deadline(after duration: Duration?) -> UInt64 {
    guard let duration else { return .max }
    let (time, overflow) = monotonicTime.addingReportingOverflow(duration.inNanoseconds)
    return overflow ? .max : time
  }

  /// The wall time for a frame that is sent: the present, but for frames that are gathered with others that of the first of
  /// them, a few milliseconds ago at most. To ask the system each time would cost more than all the rest.
  func sendTime() -> UInt64 {
    let tick = driver.coarseTime
    if tick != gathering.tick || session.isEverythingSent { gathering = (tick, driver.wallTime) }
    return gathering.wallTime
  }

  /// Now, but later than every frame before: by its time stamp a frame that is kept is distinguished from all others.
  func nextTimestamp() -> UInt64 { session.timestamp(at: driver.wallTime) }

  /// Moves bytes both ways as far as possible without waiting, and makes an attempt to connect if it is due.
  func exchange() {
    driver.exchange(&session)
    logEvents()
  }

  /// Sends what waits, as far as it goes without waiting.
  public func flush() {
    driver.flush(&session)
    logEvents()
  }

  /// Moves bytes until `isWaiting` is false or the time is over.
  func flush(until deadline: UInt64, while isWaiting: () -> Bool) {
    while session.isOpen, isWaiting() {
      flush()
      guard isWaiting(), monotonicTime < deadline else { return }
      waitOnce(until: deadline)
    }
  }

  /// Waits once: until bytes come, a descriptor given to `wake(on:)` is ready, or the time is over.
  func waitOnce(until deadline: UInt64) {
    guard !session.isStopped else { return }
    flush()
    let waiting = wakes.waiting(until: min(deadline, session.deadline ?? deadline), at: monotonicTime)
    let ready = driver.wait(
      forBytes: session.room() != nil, forRoom: !session.isEverythingSent, others: waiting.interests,
      until: waiting.deadline)
    wakes.ended(by: ready, at: monotonicTime)
    exchange()
  }

  /// Writes what has happened to the log.
  func logEvents() {
    guard session.hasEvents else { return }
    for event in session.takeEvents() {
      // Whoever waits in `connect` gets the failure, and says it; the next attempt need not.
      if case .disconnected = event, isConnecting { continue }
      log.write(event, module: configuration.name)
    }
  }
}
