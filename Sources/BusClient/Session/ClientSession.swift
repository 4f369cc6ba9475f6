import BusWire

/// A client's side of the protocol, whatever carries it: bytes and the time go in, bytes, frames, events and actions
/// come out. Pure: no socket, no clock, no log.
///
/// It is the foreman of its parts: each owns its state, and what concerns several of them is here.
struct ClientSession: ~Copyable {
  /// The present, on both clocks.
  struct Moment {
    /// Time that only goes forward, in nanoseconds.
    var time: UInt64
    /// Nanoseconds since the Unix epoch.
    var wallTime: UInt64
  }

  /// What the link must do next.
  enum Action: Equatable {
    case none
    /// Open one of the addresses, in place of what was open, and call `opened`, or `broke` if that fails.
    case open(address: Int)
    case close
  }

  /// The manager's own frames may be larger than a module's, but not without a bound.
  private static let busPayloadBytesMax = 256 << 10

  private let hello: Hello
  private var connection: ManagerConnection
  private var inbox = Inbox()
  private var outgoing = Outgoing()
  private var interests = Interests()
  private var losses = Losses()
  private var mismatches = Mismatches()
  private var barriers = Barriers()
  private var events = ClientEvents()

  /// - Parameters:
  ///   - hello: who this client is.
  ///   - addresses: where managers may be, for messages.
  ///   - seed: chance.
  init(hello: Hello, addresses: [String], seed: UInt64) {
    self.hello = hello
    connection = ManagerConnection(addresses: addresses, seed: seed)
  }

  // MARK: The connection

  var isOpen: Bool { connection.isOpen }
  var isStopped: Bool { connection.isStopped }
  /// The module id that the manager gave; nil while not connected.
  var id: UInt32? { connection.id }
  var isConnected: Bool { connection.id != nil }
  var lastFailure: BusError? { connection.lastFailure }
  var lastAbsence: Duration? { connection.lastAbsence }
  var welcomes: Int { connection.welcomes }
  /// Why nothing can be sent.
  var notConnected: BusError { connection.notConnected }

  /// When `tend` or `begin` has something to do although nothing has come; nil if it has not.
  var deadline: UInt64? {
    isConnected ? interests.nextRepeat : connection.deadline
  }

  /// Begins an attempt to connect if one is due.
  mutating func begin(at now: Moment) -> Action {
    connection.begin(at: now.time).map { .open(address: $0) } ?? .none
  }

  /// An address is open: sends HELLO and, without waiting for the answer, what the manager must know of this client.
  mutating func opened(at now: Moment) {
    connection.opened(at: now.time)
    append(hello, now)
    for declare in outgoing.declares { append(declare, now) }
    let entries = interests.entries
    if !entries.isEmpty { append(Listen(entries: entries), now) }
  }

  /// The connection broke, or could not be made: goes on to the next address, or plans the next attempt.
  mutating func broke(_ reason: String, at now: Moment) -> Action {
    if connection.isLeaving {
      recordUnansweredGoodbye(reason)
      connection.stop()
      return .close
    }
    let next = connection.broke(reason, at: now.time)
    return next.map { forgetConnection(.open(address: $0)) } ?? recordEnd()
  }

  private mutating func end(_ failure: BusError, at now: Moment) -> Action {
    connection.end(failure, at: now.time)
    return recordEnd()
  }

  private mutating func recordEnd() -> Action {
    guard let failure = connection.lastFailure else { return .close }
    events.add(.disconnected(reason: failure.message), once: failure.message)
    return forgetConnection(.close)
  }

  private mutating func forgetConnection(_ action: Action) -> Action {
    inbox.dropPartialFrame()
    let lostFrames = outgoing.connectionEnded()
    if lostFrames > 0, let failure = connection.lastFailure {
      events.add(.notSent(framesAtMost: lostFrames, reason: failure.message))
    }
    return action
  }

  /// Says GOODBYE, which goes out behind what waits, and listens for nothing any more. The session is over when the
  /// manager has answered.
  mutating func leave(at now: Moment) {
    if connection.isLeaving { return }
    inbox.removeAll()
    interests = Interests()
    guard isOpen else { return connection.stop() }
    append(Goodbye(code: .leaving, text: "stopped"), now)
    connection.leave()
  }

  /// Ends for good, whether the manager has answered GOODBYE or not.
  mutating func stop() {
    if connection.isLeaving { recordUnansweredGoodbye("it does not answer GOODBYE") }
    connection.stop()
  }

  /// Without an answer nobody knows how much of what was sent last the manager has read.
  private mutating func recordUnansweredGoodbye(_ reason: String) {
    events.add(.goodbyeUnanswered(framesLeft: outgoing.connectionEnded(), reason: reason))
  }

  /// Does what is due: kept frames that wait for room, commands of jobs, a line about losses, the end of a greeting that
  /// nobody answers.
  mutating func tend(at now: Moment) -> Action {
    if isConnected { outgoing.sendUnsentHistory() }
    if let report = losses.report(at: now.time) { events.add(.lost(report)) }
    if interests.removeEndedJobs() { sendListenSet(now) }
    guard let deadline, now.time >= deadline, isOpen else { return .none }
    if isConnected {
      askForJobs(now)
      return .none
    }
    return broke("it does not answer HELLO; is it a Framebus manager?", at: now)
  }

  /// What happened and was not logged yet.
  var hasEvents: Bool { !events.isEmpty }
  mutating func takeEvents() -> [ClientEvent] { events.takeAll() }

  // MARK: Bytes in

  /// Where the next bytes are to be read to; nil if the inbox is full.
  ///
  /// While an answer is waited for, it takes more: the answer comes behind other frames.
  mutating func room() -> UnsafeMutableRawBufferPointer? {
    inbox.room(growingTo: isQuestionOpen ? Inbox.bytesMaxWhileAsking : 0)
  }

  /// Looks at bytes that were read into `room()`: handles the bus's own frames and keeps those that the module gets.
  mutating func received(_ byteCount: Int, at now: Moment) -> Action {
    inbox.filled(byteCount)
    var action = Action.none
    while let header = inbox.sortNext() {
      if interests.isLikeLast(header) { continue }
      if interests.concerns(header) { interests.look(at: inbox.lastSortedFrame, &events) }
      if header.type >= FrameType.firstBusID {
        if header.type == Schema.frameType.id { continue }
        action = handle(inbox.lastSortedFrame, now)
      }
      if !interests.decide(on: header) { inbox.withdrawLastSorted() }
    }
    return inbox.isBroken ? broke("it does not speak the protocol of Framebus", at: now) : action
  }

  private mutating func handle(_ frame: Frame, _ now: Moment) -> Action {
    do throws(BusError) {
      switch frame.type {
      case Welcome.frameType: if let welcome = try frame.decode(Welcome.self) { handle(welcome, now) }
      // Nothing follows GOODBYE.
      case Ping.frameType where connection.isLeaving: break
      case Ping.frameType: if let ping = try frame.decode(Ping.self) { append(Pong(token: ping.token), now) }
      case Pong.frameType: if let pong = try frame.decode(Pong.self) { barriers.answer(pong.token) }
      case NoListener.frameType: if let noListener = try frame.decode(NoListener.self) { handle(noListener) }
      case Lost.frameType: if let lost = try frame.decode(Lost.self) { handle(lost) }
      case Mismatch.frameType: if let mismatch = try frame.decode(Mismatch.self) { handle(mismatch) }
      case Goodbye.frameType:
        guard let goodbye = try frame.decode(Goodbye.self) else { break }
        if connection.isLeaving {
          // What it says for another reason is no answer: it has thrown away what it had not read.
          if goodbye.code != .leaving { recordUnansweredGoodbye("\(goodbye.text)") }
          connection.stop()
          return .close
        }
        return end(BusError(.refused(goodbye.code), "\(goodbye.text)"), at: now)
      default: break
      }
    } catch {
      events.add(.badBusFrame(error: error.message))
    }
    return .none
  }

  private mutating func handle(_ welcome: Welcome, _ now: Moment) {
    guard connection.welcomed(as: welcome.module, at: now.time) else { return }
    inbox.payloadBytesMax = Int(welcome.payloadBytesMax) + Self.busPayloadBytesMax
    mismatches.removeAll()
    events.startAnew()
    if let away = connection.lastAbsence {
      events.add(.reconnected(id: welcome.module, away: away))
    } else {
      events.add(.connected(id: welcome.module, bus: "\(welcome.bus)"))
    }
    outgoing.sendHistory(payloadBytesMax: Int(welcome.payloadBytesMax), &events)
    askForJobs(now)
  }

  private mutating func handle(_ noListener: NoListener) {
    if interests.recordUnheard(noListener) { return }
    events.add(.noListener(frame: outgoing.title(of: noListener.type)), once: "no listener \(noListener.type)")
  }

  private mutating func handle(_ lost: Lost) {
    guard lost.reason == .notKept else { return losses.add(lost) }
    events.add(.notKept(frame: outgoing.title(of: lost.type)), once: "not kept \(lost.type)")
  }

  private mutating func handle(_ mismatch: Mismatch) {
    mismatches.add(mismatch)
    events.add(.mismatch(mismatch))
  }

  // MARK: Frames in

  /// Frames that wait for the module.
  var frameCount: Int { inbox.count }
  /// Frames that the manager dropped, since the start.
  var lostFrames: UInt64 { losses.total }

  /// The next frame; nil if there is none.
  mutating func next() -> Frame? {
    guard !mismatches.isEmpty else { return inbox.next() }
    guard var frame = inbox.next() else { return nil }
    frame.mismatch = mismatches.difference(of: frame.header)
    return frame
  }

  func accepts(_ type: FrameType) -> Bool { interests.accepts(type) }

  mutating func listen(for subscriptions: [Subscription], at now: Moment) {
    let left = interests.replace(with: subscriptions)
    if !left.isEmpty { events.add(.listenReplaced(noLonger: left.map { "\($0)" })) }
    for declare in outgoing.listen(for: subscriptions.map(\.type)) where isOpen { append(declare, now) }
    sendListenSet(now)
  }

  private mutating func sendListenSet(_ now: Moment) {
    if isOpen { append(Listen(entries: interests.entries), now) }
  }

  // MARK: Bytes out

  var isEverythingSent: Bool { outgoing.isEmpty }
  /// Bytes that wait to be sent.
  var unsentByteCount: Int { outgoing.byteCount }
  /// What is to be written next.
  var unsentBytes: UnsafeRawBufferPointer { outgoing.bytes }

  mutating func sent(_ byteCount: Int) { outgoing.written(byteCount) }

  // MARK: Frames out

  private mutating func append<BusFrame: TypedFrame>(_ frame: BusFrame, _ now: Moment) {
    outgoing.append(frame, at: now.wallTime, &events)
  }

  mutating func declare(_ type: FrameType, sends: Bool, at now: @autoclosure () -> Moment) {
    guard let declare = outgoing.declare(type, sends: sends), isOpen else { return }
    append(declare, now())
  }

  /// Declares a type that is known at run time only.
  mutating func declare(_ declare: Declare, at now: Moment) {
    guard let declare = outgoing.declare(declare), isOpen else { return }
    append(declare, now)
  }

  /// The time stamp of the next frame: the present, but later than that of every frame before.
  mutating func timestamp(at wallTime: UInt64) -> UInt64 { outgoing.timestamp(at: wallTime) }

  func hasRoom(for frameBytes: Int) -> Bool { outgoing.hasRoom(for: frameBytes) }

  /// Sends a frame that is complete but for its number.
  ///
  /// - Throws: `BusError`: not connected, too large, or it breaks its schema.
  mutating func send(
    _ header: FrameHeader, _ type: FrameType, encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(BusError) -> Outgoing.Fate {
    guard isConnected || (header.isKept && !isStopped) else { throw notConnected }
    return try outgoing.send(header, type, isConnected: isConnected, &events, encode: encode)
  }

  /// Keeps a frame that no manager takes now.
  ///
  /// - Throws: `BusError` if it breaks its schema.
  mutating func keep(
    _ header: FrameHeader, _ type: FrameType, encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(BusError) {
    try outgoing.keep(header, type, &events, encode: encode)
  }

  /// Keeps a frame that an earlier process has sent, for this manager and the next.
  mutating func keepAgain(_ frame: UnsafeRawBufferPointer) { outgoing.keepAgain(frame) }

  /// Repeats a frame, if it goes now. It is not kept a second time.
  mutating func sendAsItWas(_ frame: UnsafeRawBufferPointer) {
    if isConnected { outgoing.sendAsItWas(frame) }
  }

  /// Begins a frame that goes the usual way, behind others in the outbox: the caller encodes its payload in place, and
  /// calls `endFrame`.
  ///
  /// - Parameter now: asked for only if it goes that way.
  /// - Returns: where the payload goes; nil if `send` has to see to it.
  mutating func beginFrame(
    _ header: FrameHeader, at now: @autoclosure () -> UInt64
  ) -> UnsafeMutableRawBufferPointer? {
    guard isConnected, outgoing.takesAtOnce(header) else { return nil }
    return outgoing.beginFrame(header, timestamp: timestamp(at: now()))
  }

  /// Queues the frame that was begun last.
  mutating func endFrame(_ payload: UnsafeMutableRawBufferPointer) { outgoing.endFrame(payload) }

  // MARK: Questions

  /// Listens for the answer to a request that is sent next.
  mutating func begin(_ question: Question, at now: Moment) {
    interests.begin(question)
    if !interests.accepts(question) { sendListenSet(now) }
  }

  /// The request was queued.
  mutating func questionSent() { interests.questionSent(as: outgoing.lastSequence) }

  /// Whether the answer is still waited for.
  var isQuestionOpen: Bool { interests.isQuestionOpen }

  /// Ends the question, and what was listened for because of it.
  mutating func endQuestion(at now: Moment) -> Question? {
    let question = interests.endQuestion()
    if let question, !interests.accepts(question) { sendListenSet(now) }
    return question
  }

  /// Asks the manager to say when it has handled all that was sent before.
  ///
  /// - Returns: what `isAnswered` is to be asked with.
  mutating func beginBarrier(at now: Moment) -> UInt64 {
    let token = barriers.next()
    append(Ping(token: token), now)
    return token
  }

  func isAnswered(_ barrier: UInt64) -> Bool { barriers.isAnswered(barrier) }

  // MARK: Jobs

  /// Waits for the outcome of a job, and sends its command.
  ///
  /// - Throws: `BusError` if too many jobs are open.
  mutating func add(_ job: OpenJob, at now: Moment) throws(BusError) {
    try interests.add(job, at: now.time)
    if let type = job.command?.type { declare(type, sends: true, at: now) }
    sendListenSet(now)
    ask(job, now)
  }

  /// Sends the commands of jobs that nobody has answered yet.
  private mutating func askForJobs(_ now: Moment) {
    for job in interests.jobsToAsk(at: now.time) { ask(job, now) }
  }

  /// Sends a job's command; what cannot be sent now is sent with the next repetition.
  private mutating func ask(_ job: OpenJob, _ now: Moment) {
    guard isConnected, let command = job.command else { return }
    let header = FrameHeader(
      size: UInt32(clamping: command.payload.count), type: command.type.id, flags: command.type.valueFlags,
      instance: job.instance, timestamp: timestamp(at: now.wallTime))
    _ = try? send(header, command.type) { writer throws(CodecError) in
      command.payload.withUnsafeBytes { writer.append(bytes: $0) }
    }
  }
}
