import BusClient
import BusSystem

/// Moves frames to standard output and lines to the bus, neither direction waiting for the other.
struct PipeLoop {
  private let session: BusSession
  private let console: Console
  private let interruption: FileDescriptor
  private var sender: PipeSender
  private var listening: PipeListening
  private var input: PipeInput
  private var output = PipeOutput()
  private var notice = LossNotice()
  /// A line that the bus did not take yet, or that waits for the first connection.
  private var held: (text: String, number: Int)?
  private var refusedCount = 0
  private var hasWorked = false

  /// - Parameter frames: what the script listens for.
  init(_ session: BusSession, _ console: Console, _ frames: [String], interruption: FileDescriptor) {
    self.session = session
    self.console = console
    self.interruption = interruption
    sender = PipeSender(session, console)
    listening = PipeListening(frames, session, console)
    input = PipeInput(console.input)
  }

  /// - Parameter stays: goes on when the input has ended.
  mutating func run(stays: Bool) throws(ToolError) {
    while !interruption.isReadable {
      hasWorked = false
      try output.write(console)
      guard try receiveFrames() else { break }
      try listening.update(&sender)
      sendLines()
      session.bus.flush()
      if input.isAtEnd, held == nil, !hasWorked, !stays {
        try finish()
        break
      }
      if !hasWorked, held == nil || isBeforeFirstConnection { wait() }
    }
    notice.reportRest(console)
    if refusedCount > 0 { throw ToolError("lines that were not sent: \(refusedCount)") }
  }

  /// This much is done in one direction before the other has its turn.
  private static let turnMax = 64

  /// Moves frames from the bus to the output, unless nobody reads that.
  ///
  /// - Returns: false if the tool is to end.
  private mutating func receiveFrames() throws(ToolError) -> Bool {
    for _ in 0..<Self.turnMax where !output.isFull {
      switch try session.next(until: 0) {
      case .frame(let frame):
        output.add(FrameReport(frame, session.view).json.line + "\n")
        hasWorked = true
      case .lost(let lost): notice.add(lost, session.view, console)
      case .silence: return true
      case .interrupted: return false
      case .disconnected(let reason): console.report("\(reason); waiting for the manager")
      case .connected(isFirst: true): console.report("connected")
      case .connected: console.report("connected again; frames sent in between are missing here")
      }
    }
    return true
  }

  /// Lines wait for the first manager. Later each line that could not be sent is reported.
  private var isBeforeFirstConnection: Bool { !session.hasConnected }

  private mutating func sendLines() {
    for _ in 0..<Self.turnMax {
      if let held {
        if isBeforeFirstConnection { return }
        self.held = nil
        send(held.text, held.number)
      } else {
        switch input.next() {
        case nil: return
        case .text(let text, let number)? where isBeforeFirstConnection: held = (text, number)
        case .text(let text, let number)?: send(text, number)
        case .unreadable(let reason, let number)?: refuse(reason, number)
        }
      }
      hasWorked = true
      if held != nil { return }
    }
  }

  private mutating func send(_ text: String, _ number: Int) {
    do throws(ToolError) {
      if try !sender.send(text) { held = (text, number) }
    } catch {
      refuse(error.message, number)
    }
  }

  private mutating func refuse(_ reason: String, _ number: Int) {
    refusedCount += 1
    console.report("line \(number): \(reason)")
  }

  /// How long a break of the connection or a signal may go unnoticed, in milliseconds.
  private static let lookMilliseconds = 250
  /// How long what the bus wants may wait while a script reads nothing, in milliseconds.
  private static let stalledMilliseconds: UInt64 = 20

  private func wait() {
    guard output.isEmpty else {
      var wait = DescriptorWait()
      wait.add(interruption)
      if !input.isAtEnd { wait.add(input.descriptor) }
      if let descriptor = console.output { wait.add(descriptor, writing: true, reading: false) }
      return wait.wait(until: Clock.monotonic + Self.stalledMilliseconds * 1_000_000)
    }
    if input.isAtEnd || held != nil {
      session.bus.stopWaking(on: input.descriptor)
    } else {
      session.bus.wake(on: input.descriptor)
    }
    _ = session.bus.waitForData(timeout: .milliseconds(Self.lookMilliseconds))
  }

  /// Everything that was read is handled by the manager, and what came until then is written.
  private mutating func finish() throws(ToolError) {
    for frame in try session.finish() { output.add(FrameReport(frame, session.view).json.line + "\n") }
    try output.finish(console)
  }
}
