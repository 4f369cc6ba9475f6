/// A viewer of a PyMoDAQ elsewhere: asked for data at a rate or on request. No bus and no clock.
public struct PymodaqRemoteDetector: Sendable {
  /// What the owner has to do.
  public enum Action: Equatable, Sendable {
    case send(PymodaqServerMessage)
    case measured(PymodaqExport)
    /// The client does not answer any more.
    case reset(String)
  }

  /// After this many questions without an answer it is given up.
  public static let silencesMax = 3

  private let dimension: PymodaqDimension
  private let timeout: Duration
  private let poll: Duration?
  private var isConnected = false
  private var askedAt: Duration?
  private var nextAsk: Duration?
  private var silences = 0
  private var actions: [Action] = []
  /// How many times data were asked for or came, and how many times none came.
  public private(set) var counts = (grabs: UInt64(0), failures: UInt64(0))
  /// What was wrong the last time; empty if nothing was.
  public private(set) var problem = ""

  /// - Parameter poll: how often it is asked; nil for on request only.
  public init(_ dimension: PymodaqDimension, timeout: Duration, poll: Duration?) {
    self.dimension = dimension
    self.timeout = timeout
    self.poll = poll
  }

  /// When `tick` is due; nil if nothing is.
  public var deadline: Duration? { [nextAsk, askedAt.map { $0 + timeout }].compactMap(\.self).min() }

  /// The next thing to do; nil if there is none.
  public mutating func nextAction() -> Action? { actions.isEmpty ? nil : actions.removeFirst() }

  /// The client is there.
  public mutating func connected(at now: Duration) {
    isConnected = true
    silences = 0
    if poll != nil { ask(at: now) }
  }

  /// The client is gone.
  public mutating func disconnected() {
    isConnected = false
    (askedAt, nextAsk) = (nil, nil)
  }

  /// Asks for data. While they are on their way, they are the answer to this, too.
  ///
  /// - Returns: false if nobody is there to be asked.
  @discardableResult
  public mutating func ask(at now: Duration) -> Bool {
    guard isConnected else { return false }
    nextAsk = poll.map { now + $0 }
    if askedAt == nil {
      askedAt = now
      actions.append(.send(.sendData(dimension)))
    }
    return true
  }

  /// Takes what the client sends; data may come without being asked for.
  public mutating func receive(_ message: PymodaqClientMessage, at now: Duration) {
    guard case .data(let export) = message else { return }
    (askedAt, silences, problem) = (nil, 0, "")
    counts.grabs += 1
    actions.append(.measured(export))
  }

  /// Does what is due.
  public mutating func tick(at now: Duration) {
    if let time = askedAt, now - time >= timeout {
      askedAt = nil
      silences += 1
      counts.failures += 1
      problem = "PyMoDAQ has sent no \(dimension) data within \(timeout); can the viewer there grab?"
      if silences >= Self.silencesMax { return actions.append(.reset(problem)) }
    }
    if let time = nextAsk, now >= time { ask(at: now) }
  }
}
