import BusWire

/// The manager without its sockets: connections and bytes go in, bytes and events come out.
///
/// The host hands over what it reads with `read(_:from:)` and takes what is to be sent from `nextDirty()` and
/// `forEachPiece(of:_:)`. Times are monotonic nanoseconds that the host hands in, so a test decides what time it is.
///
/// The broker itself only leads: it takes the frames apart and has each of its owners do their part in turn.
public struct Broker: ~Copyable {
  /// The bounds of everything that waits or is kept.
  public let limits: ManagerLimits
  private var bus: Membership
  private var tally = Tally()
  private var ended: [SessionID] = []
  private var hasTrimmed = false

  /// - Parameters:
  ///   - busName: what WELCOME calls the bus.
  ///   - version: what WELCOME calls the manager's version.
  public init(limits: ManagerLimits = ManagerLimits(), busName: String = "framebus", version: String = "0") {
    self.limits = limits
    bus = Membership(limits, busName: busName, version: version)
  }

  // MARK: The turn

  /// Sets the time for what follows.
  @inline(__always)
  public mutating func setTime(monotonic: UInt64, wall: UInt64) { bus.turn.begin(monotonic: monotonic, wall: wall) }

  /// Now, as the host said last.
  public var now: UInt64 { bus.turn.now }

  /// Takes the events since the last call, for the log.
  public mutating func takeEvents() -> [BrokerEvent] { bus.turn.takeEvents() }

  /// How long the memory of a burst is kept.
  private static let trimNanoseconds: UInt64 = 1_000_000_000

  /// When `tick()` has something to do, in monotonic nanoseconds; nil if nothing is due ever.
  public var nextDeadline: UInt64? {
    bus.turn.nextDeadline ?? (bus.delivery.pool.canTrim ? bus.turn.now &+ Self.trimNanoseconds : nil)
  }

  /// Whether some sessions wait for nothing but the next turn, which should begin at once.
  public var isBusy: Bool { bus.delivery.hasPostponed }

  /// Whether memory of a burst was given back to the allocator since this was called last, so that it can go back to the
  /// system.
  public mutating func takeTrimmed() -> Bool {
    defer { hasTrimmed = false }
    return hasTrimmed
  }

  /// Handles the deadlines that have passed. Sessions to close without a GOODBYE come out of `nextEnded()`.
  public mutating func tick() {
    guard bus.turn.isDue || (bus.turn.nextDeadline == nil && bus.delivery.pool.canTrim) else { return }
    bus.turn.clearDeadlines()
    if bus.delivery.pool.canTrim, bus.delivery.pool.trim() { hasTrimmed = true }
    for id in bus.modules.ids where bus.isOver(id) { ended.append(id) }
    bus.letSilentGo()
  }

  /// The next session whose time is over: the host closes its connection and calls `close(_:)`.
  public mutating func nextEnded() -> SessionID? { ended.popLast() }

  // MARK: Coming and going

  /// Connections at the moment, whatever their state.
  public var sessionCount: Int { bus.modules.count }

  /// Connections over the limit that can wait for their GOODBYE at a time.
  public static let refusalsMax = 32

  /// Takes a new connection.
  ///
  /// One over the limit gets GOODBYE like any that is refused; nil if too many of those are under way already.
  ///
  /// - Parameter process: who is at the other end, if that is known.
  public mutating func open(by process: PeerProcess? = nil) -> SessionID? {
    guard bus.modules.count < limits.sessionsMax + Self.refusalsMax else { return nil }
    let id = bus.open(by: process)
    tally.open(id)
    return id
  }

  /// A GOODBYE, whole, for a connection that gets no session.
  public mutating func farewell(_ code: GoodbyeCode, _ text: String) -> [UInt8] {
    bus.turn.record(.refused(nil, code: code, text: text))
    return BusFrameBytes.encode(Goodbye(code: code, text: text), wallTime: bus.turn.wallTime)
  }

  /// Says GOODBYE to everyone; the host goes on until `sessionCount` is 0 or its patience ends.
  public mutating func shutDown() { bus.shutDown() }

  /// Ends a session whose connection is closed or broken.
  ///
  /// - Parameter reason: why, for those who listen for MODULE_STATUS.
  public mutating func close(_ id: SessionID, reason: String = "the connection ended without a GOODBYE") {
    bus.close(id, reason: reason)
  }

  // MARK: Input

  /// What the host has to do after it handed over what it read.
  public enum InputState: Equatable, Sendable {
    /// Go on reading.
    case open
    /// Do not read until `nextResumable()` names this session: a receiver of its frames is full.
    case waiting
  }

  /// The room for the next bytes of a session. It is valid until the next call of the broker.
  @inline(__always)
  public mutating func inputBuffer(for id: SessionID) -> UnsafeMutableRawBufferPointer {
    if bus.delivery.hasBorrowers { bus.delivery.settleBorrowers() }
    return bus.intake.room(for: id)
  }

  /// Routes bytes that were read into `inputBuffer(for:)`.
  public mutating func read(_ byteCount: Int, from id: SessionID) -> InputState {
    guard bus.modules.isLive(id) || bus.modules.isGreeting(id) else { return .open }
    bus.modules.heard(id, at: bus.turn.now)
    bus.turn.beginSession()
    guard let frameBytes = bus.intake.largeFrame(of: id) else { return process(byteCount, from: id) }
    bus.intake.addToLargeFrame(byteCount, of: id, &bus.delivery.pool)
    if bus.intake.count(of: id) == frameBytes { return routeLargeFrame(of: id) }
    // Others may have begun large frames, too, since this one fitted.
    _ = bus.hasMemory(1, for: id, toHold: "a frame of \(frameBytes) bytes")
    bus.letSilentGo()
    return inputState(of: id)
  }

  /// The next sender that waited for room which is there now. The host goes on with `resume(_:)`.
  public mutating func nextResumable() -> SessionID? { bus.delivery.nextResumable(&bus.turn) }

  /// Goes on with what a session had sent before it had to wait.
  public mutating func resume(_ id: SessionID) -> InputState {
    guard canGoOn(id) else { return inputState(of: id) }
    bus.turn.beginSession()
    bus.delivery.settleBorrowers()
    bus.continueWork(of: id)
    guard canGoOn(id) else { return inputState(of: id) }
    let before = bus.intake.count(of: id)
    let state = bus.intake.largeFrame(of: id) == nil ? process(0, from: id) : routeLargeFrame(of: id)
    if bus.intake.count(of: id) < before { bus.delivery.queueAgain(id) }
    bus.letSilentGo()
    return state
  }

  private func canGoOn(_ id: SessionID) -> Bool { bus.modules.isLive(id) && !bus.delivery.isWaiting(id) }

  private func inputState(of id: SessionID) -> InputState { bus.delivery.isWaiting(id) ? .waiting : .open }

  /// Routes what a session has sent and was not routed yet, the bytes read now included, and keeps the rest.
  private mutating func process(_ readCount: Int, from id: SessionID) -> InputState {
    defer { bus.letSilentGo() }
    let bytes = bus.intake.take(readCount, of: id, &bus.delivery.pool)
    var used = 0
    if bus.modules.isGreeting(id) { used = greet(id, bytes) }
    if bus.modules.isLive(id) { used += route(UnsafeMutableRawBufferPointer(rebasing: bytes[used...]), from: id) }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
    guard rest.count > 0, bus.modules.isLive(id) || bus.modules.isGreeting(id) else { return inputState(of: id) }
    if let frame = bus.intake.keep(rest, of: id, &bus.delivery.pool), !bus.delivery.isWaiting(id),
      bus.hasMemory(frame - bus.intake.count(of: id), for: id, toHold: "a frame of \(frame) bytes")
    {
      bus.intake.gather(frame, of: id)
    }
    return inputState(of: id)
  }

  /// Handles the first frame of a connection.
  ///
  /// - Returns: the bytes that are done with.
  private mutating func greet(_ id: SessionID, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
    do throws(Refusal) {
      guard let (hello, byteCount) = try Handshake.read(UnsafeRawBufferPointer(bytes)) else { return 0 }
      bus.join(id, hello)
      return byteCount
    } catch {
      bus.refuse(id, error)
      return bytes.count
    }
  }

  // MARK: Routing

  /// Routes the whole frames at the start of `bytes`, neighbours with the same receivers as one run.
  ///
  /// - Returns: how many bytes are done with. The rest is the start of a frame, or waits for a full receiver.
  private mutating func route(_ bytes: UnsafeMutableRawBufferPointer, from id: SessionID) -> Int {
    guard let base = bytes.baseAddress, let member = bus.modules.member(id) else { return 0 }
    let end = bytes.count
    let payloadBytesMax = limits.payloadBytesMax
    let source = member.identity.id.littleEndian
    var offset = 0
    var run = Run(bytes: base)

    while end &- offset >= FrameHeader.byteCount {
      let frame = base + offset
      let size = Int(UInt32(littleEndian: frame.loadUnaligned(as: UInt32.self)))
      let word = RouteWord(at: frame)
      if word != run.word || size > payloadBytesMax {
        let sent = emit(run, from: id)
        if sent < run.byteCount || bus.delivery.isWaiting(id) { return offset &- run.byteCount &+ sent }
        if size > payloadBytesMax {
          bus.refuse(id, .tooLarge(size, word, max: payloadBytesMax))
          return end
        }
        run = Run(bytes: frame, word: word)
      }
      let frameBytes = FrameHeader.byteCount &+ size
      if _slowPath(!word.isForModules) {
        guard let done = routeControl(frame, size, word, left: end &- offset, from: id) else { return end }
        offset &+= done
        if done == 0 || bus.delivery.isWaiting(id) { return offset }
        run = Run(bytes: base + offset)
        continue
      }
      if end &- offset < frameBytes { break }
      frame.storeBytes(of: source, toByteOffset: FrameHeader.Offset.source, as: UInt32.self)
      offset &+= frameBytes
      run.add(frameBytes)
    }
    return offset &- run.byteCount &+ emit(run, from: id)
  }

  /// Queues a run at everyone who listens.
  ///
  /// - Returns: how many bytes of whole frames are done with; fewer than all if the sender has to wait.
  @inline(__always)
  private mutating func emit(_ run: Run, from id: SessionID) -> Int {
    guard let word = run.word, run.byteCount > 0 else { return 0 }
    let route = bus.router.route(for: word.key)
    let run = _fastPath(!word.flags.contains(.request)) ? run : answerable(run, route, from: id)
    let done = bus.delivery.deliver(run, word, along: route, of: bus.router, from: id, &bus.turn)
    if done.byteCount > 0 { record(done, word, route, from: id) }
    return done.byteCount
  }

  /// Counts a run that was routed, keeps what is to be kept, and answers a request for which nobody listens.
  @inline(__always)
  private mutating func record(_ run: Run, _ word: RouteWord, _ route: RouteTable.Route, from id: SessionID) {
    tally.add(word.type, frames: run.frameCount, bytes: run.byteCount, from: id)
    if _slowPath(!word.flags.isDisjoint(with: .requestOrRetain)) { followMarks(run, word, route, from: id) }
  }

  private mutating func followMarks(_ run: Run, _ word: RouteWord, _ route: RouteTable.Route, from id: SessionID) {
    if word.flags.contains(.request) {
      if !bus.router.hasListener(route, by: id) {
        run.forEachFrame {
          let header = FrameHeader(at: $0.baseAddress!)
          bus.delivery.enqueue(
            NoListener(type: header.type, instance: header.instance, sequence: header.sequence), to: id, bus.turn)
        }
      }
    } else if word.flags.contains(.retain) {
      bus.delivery.keep(run, word.type, from: id, &bus.turn)
    }
  }

  /// Of requests for which nobody listens, those at the start of a run whose answers the requester has room for; without
  /// any it is not read until it has read what it got.
  private mutating func answerable(_ run: Run, _ route: RouteTable.Route, from id: SessionID) -> Run {
    if bus.router.hasListener(route, by: id) { return run }
    let count = bus.delivery.answerCountMax(Self.noListenerBytes, id)
    if count >= run.frameCount { return run }
    bus.delivery.waitForItself(id, bus.turn)
    return run.prefix(count)
  }

  private static let noListenerBytes =
    FrameHeader.byteCount + NoListener(type: 0, instance: 0, sequence: 0).encodedSize

  /// Routes a frame that was gathered in blocks, once it is there as a whole.
  private mutating func routeLargeFrame(of id: SessionID) -> InputState {
    guard let header = bus.intake.wholeLargeFrame(of: id) else { return .open }
    let word = RouteWord(header)
    let route = bus.router.route(for: word.key)
    if word.isForModules,
      bus.delivery.waitsForRoom(header.frameByteCount, word.lane, route, bus.router, from: id, &bus.turn)
    {
      return .waiting
    }
    let bytes = bus.intake.copyLargeFrame(of: id)
    defer { bytes.deallocate() }
    if word.isForModules {
      let source = bus.modules.member(id)?.identity.id ?? 0
      bytes.storeBytes(of: source.littleEndian, toByteOffset: FrameHeader.Offset.source, as: UInt32.self)
      let run = Run(frameAt: UnsafeRawPointer(bytes.baseAddress!), isInScratch: false)
      bus.delivery.deliverFrame(run, word.lane, along: route, of: bus.router, from: id, &bus.turn)
      record(run, word, route, from: id)
    } else if routeControl(bytes.baseAddress!, Int(header.size), word, left: bytes.count, from: id) == 0 {
      return inputState(of: id)
    }
    bus.intake.removeAll(of: id, &bus.delivery.pool)
    return inputState(of: id)
  }

  // MARK: The bus's own frames

  /// Handles a frame that is not for modules, if all of it is there and may be handled now.
  ///
  /// - Parameters:
  ///   - size: the bytes of payload that its header announces.
  ///   - left: the bytes that are there.
  /// - Returns: its bytes, or 0 if it has to wait; nil if the session is none of a module any more.
  private mutating func routeControl(
    _ frame: UnsafeMutableRawPointer, _ size: Int, _ word: RouteWord, left: Int, from id: SessionID
  ) -> Int? {
    do throws(Refusal) {
      try ControlFrame.check(size, word)
      let frameBytes = FrameHeader.byteCount + size
      if left < frameBytes || bus.delivery.postpones(id, bus.turn) { return 0 }
      guard handle(try ControlFrame.read(UnsafeRawBufferPointer(start: frame, count: frameBytes)), from: id) else {
        return bus.modules.isLive(id) ? 0 : nil
      }
      return bus.modules.isLive(id) ? frameBytes : nil
    } catch {
      bus.refuse(id, error)
      return nil
    }
  }

  /// Handles one of the bus's own frames.
  ///
  /// - Returns: false if it cannot be handled yet.
  private mutating func handle(_ frame: ControlFrame, from id: SessionID) -> Bool {
    bus.turn.spend(Self.controlNanoseconds)
    switch frame {
    case .ping where bus.delivery.hasHistory(id):
      // Its PONG says that the kept frames asked for before have gone out.
      bus.delivery.waitForItself(id, bus.turn)
      return false
    case .ping(let token): return bus.answer(Pong(token: token), to: id)
    case .pong: bus.answered(id)
    case .declare(let declare): return bus.declare(declare, from: id)
    case .listen(let listens): return bus.listen(listens, from: id)
    case .goodbye(let reason): bus.sayGoodbye(to: id, reason: reason)
    case .schemaRequest: bus.beginSchemas(to: id)
    case .statusRequest:
      bus.turn.spend(Self.statusNanoseconds + bus.modules.count * 200 + tally.typesNanoseconds)
      return bus.answer(status, to: id)
    }
    return true
  }

  /// About what one of the bus's own frames costs at least.
  private static let controlNanoseconds = 200
  /// What BUS_STATUS costs beside its modules and types.
  private static let statusNanoseconds = 2_000

  // MARK: Output

  /// What the host has to do after bytes of a session went out.
  public enum OutputState: Equatable, Sendable {
    /// More is waiting.
    case pending
    /// Nothing is waiting.
    case drained
    /// Nothing is waiting and nothing will follow: shut the sending side.
    case finished
  }

  /// Whether receivers were given frames that still lie in the buffer for reading: the host sends them before it reads
  /// again, or they are copied.
  @inline(__always)
  public var hasBorrowers: Bool { bus.delivery.hasBorrowers }

  /// The next session that has something to send; nil at the end of a turn.
  @inline(__always)
  public mutating func nextDirty() -> SessionID? { bus.delivery.nextDirty() }

  /// Hands over the memory that is to be sent, in order, until `body` returns false.
  @inline(__always)
  public mutating func forEachPiece(of id: SessionID, _ body: (UnsafeRawBufferPointer) -> Bool) {
    bus.delivery.forEachPiece(of: id, &bus.turn, body)
  }

  /// Records bytes that went out; wakes the senders that waited for this receiver once half is free.
  public mutating func sent(_ byteCount: Int, to id: SessionID) -> OutputState {
    if bus.delivery.sent(byteCount, to: id, &bus.turn) { return .pending }
    return bus.modules.isLeaving(id) ? .finished : .drained
  }

  /// Records that a connection takes nothing more for now.
  public mutating func blocked(_ id: SessionID) { bus.delivery.blocked(id, &bus.turn) }

  /// Records that the sending side is shut; the session ends with the other end's or its deadline.
  public mutating func finished(_ id: SessionID) { bus.modules.linger(id) }

  /// Forgets what waits for a connection that cannot be written to any more. What it sent can still be read.
  public mutating func outputFailed(_ id: SessionID) { bus.delivery.outputFailed(id, &bus.turn) }

  // MARK: Figures

  /// The answer to a request for BUS_STATUS.
  var status: BusStatus {
    BusStatus(
      uptimeMilliseconds: bus.turn.uptime / 1_000_000,
      queuedBytes: UInt64(bus.delivery.pool.usedCount * BlockPool.capacity),
      queuedBytesMax: UInt64(limits.queuesBytesMax),
      retainedBytes: UInt64(bus.delivery.retainedByteCount), modules: bus.modules.ids.compactMap { counters(of: $0) },
      types: tally.types)
  }

  /// What was counted for a module; nil if the session is none.
  func counters(of id: SessionID) -> ModuleCounters? {
    guard let member = bus.modules.member(id) else { return nil }
    let routed = tally.from(id)
    return bus.delivery.counters(
      ModuleCounters(
        module: member.identity.id, state: bus.state(of: id), framesIn: routed.frames, bytesIn: routed.bytes,
        framesOut: 0,
        bytesOut: 0, waitingBytes: 0, waitingBytesMark: 0, heldMilliseconds: 0, lost: 0),
      of: id, bus.turn)
  }

  // MARK: For tests

  /// What is unfinished about a session, in words.
  func unrest(of id: SessionID) -> [String] {
    let facts = [
      ("is no module", !bus.modules.isLive(id)), ("has input", bus.intake.count(of: id) > 0),
      ("hangs", bus.modules.isHung(id)),
    ]
    return facts.filter(\.1).map(\.0) + bus.delivery.unrest(of: id)
  }

  /// Bytes of a session that were read and are not routed.
  func unroutedBytes(of id: SessionID) -> Int { bus.intake.count(of: id) }

  /// The headers of all frames that are kept.
  var keptHeaders: [FrameHeader] { bus.delivery.keptHeaders }

  /// What the manager holds at the moment.
  var holdings: Holdings {
    Holdings(
      blocks: bus.delivery.pool.usedCount, bytesLeft: bus.delivery.pool.bytesLeft,
      retainedBytes: bus.delivery.retainedByteCount,
      sessions: bus.modules.count, names: bus.modules.nameCount, declarations: bus.declared.count,
      declaredBytes: bus.declared.byteCount, comparisons: bus.declared.comparisonCount,
      looks: bus.router.lookCount)
  }

  /// Memory and places that are in use.
  struct Holdings {
    let blocks: Int
    let bytesLeft: Int
    let retainedBytes: Int
    let sessions: Int
    let names: Int
    let declarations: Int
    let declaredBytes: Int
    /// Field lists that were compared, in all.
    let comparisons: Int
    /// Modules that were looked at to work out who gets a frame, in all.
    let looks: Int
  }
}
