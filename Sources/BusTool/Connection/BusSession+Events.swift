import BusClient
import BusSystem

extension BusSession {
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

  /// Waits for the next event. The schema of a frame is known when it comes out, if anyone has declared it.
  ///
  /// - Parameter deadline: in monotonic nanoseconds; nil for ever.
  func next(until deadline: UInt64?) throws(ToolError) -> Event {
    if let interruption { bus.wake(on: interruption) }
    while true {
      if isInterruptionDue { return .interrupted }
      if let lost = losses.popFirst() { return .lost(lost) }
      if let frame = pending.popFirst() {
        try learnSchema(of: frame)
        return .frame(frame)
      }
      let now = Clock.monotonic
      let wait = deadline.map { $0 > now ? Int(clamping: ($0 - now + 999_999) / 1_000_000) : 0 } ?? .max
      let hasData = bus.waitForData(timeout: .milliseconds(min(wait, Self.lookMilliseconds)))
      if let interruption, bus.isReady(interruption) { return .interrupted }
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

  /// How long a break of the connection or a signal may go unnoticed, in milliseconds.
  static let lookMilliseconds = 250

  /// On a bus that is never silent the wait returns before it looks at anything else, so look now and then.
  private var isInterruptionDue: Bool {
    let now = Clock.monotonicCoarse
    guard let interruption, now &- lastLook >= UInt64(Self.lookMilliseconds) * 1_000_000 else { return false }
    lastLook = now
    return interruption.isReadable
  }

  private func connectionEvent() throws(ToolError) -> Event? {
    if bus.connectionCount != connectionCount {
      let isFirst = connectionCount == 0
      connectionCount = bus.connectionCount
      hasReportedLoss = false
      // Module ids have another meaning now.
      view = BusView()
      asked = []
      try refreshIfConnected()
      return .connected(isFirst: isFirst)
    }
    guard !bus.isConnected, !hasReportedLoss else { return nil }
    hasReportedLoss = true
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
