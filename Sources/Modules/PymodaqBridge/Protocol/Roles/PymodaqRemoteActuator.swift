/// An actuator of a PyMoDAQ elsewhere: moves go to it one at a time, and each of them ends. No bus and no clock.
public struct PymodaqRemoteActuator: Sendable {
  /// Where a move leads.
  public enum Goal: Equatable, Sendable {
    case absolute(Double)
    case relative(Double)
    case home
  }

  /// What the owner has to do.
  public enum Action: Equatable, Sendable {
    case send(PymodaqServerMessage)
    /// It has said where it is.
    case position(Double, isMoving: Bool)
    /// A move is over; without a problem it is where it should be.
    case ended(request: UInt32, problem: String?, isStopped: Bool, position: Double?)
    /// The client does not answer any more.
    case reset(String)
  }

  private struct Move {
    let request: UInt32
    let goal: Goal
    let since: Duration
    let until: Duration
    var isSent = false
    var target: Double?
    var restsSince: Duration?
    var restsAt: Double?
    var isStopping = false
    var problem: String?
  }

  /// How often it is asked where it is, in a move.
  public static let period = Duration.milliseconds(500)
  /// A client that stands where it should for this long will not say that it has arrived: PyMoDAQ's says nothing about a move
  /// to where it is.
  public static let restPatience = Duration.milliseconds(1500)
  /// How long a question for its position may be unanswered.
  public static let silencePatience = Duration.seconds(10)
  /// How long a stop may take.
  public static let stopPatience = Duration.seconds(5)

  private let units: String
  private let tolerance: Double
  private let timeout: Duration
  private let poll: Duration?
  private var isConnected = false
  /// The last position of this connection.
  private var position: Double?
  private var move: Move?
  private var askedAt: Duration?
  private var nextAsk: Duration?
  private var actions: [Action] = []
  /// What was wrong the last time; empty if nothing was.
  public private(set) var problem = ""

  /// - Parameters:
  ///   - units: of positions on the bus; empty for those of the client.
  ///   - poll: how often it is asked where it is while it stands; nil for never.
  public init(units: String, tolerance: Double, timeout: Duration, poll: Duration?) {
    self.units = units
    self.tolerance = tolerance
    self.timeout = timeout
    self.poll = poll
  }

  /// Whether a move is under way.
  public var isMoving: Bool { move != nil }
  /// When `tick` is due; nil if nothing is.
  public var deadline: Duration? {
    [move?.until, nextAsk, askedAt.map { $0 + Self.silencePatience }].compactMap(\.self).min()
  }

  /// The next thing to do; nil if there is none.
  public mutating func nextAction() -> Action? { actions.isEmpty ? nil : actions.removeFirst() }

  /// The client is there. Its first answer says how it speaks, before anything moves.
  public mutating func connected(at now: Duration) {
    isConnected = true
    ask(at: now)
  }

  /// The client is gone.
  public mutating func disconnected() {
    isConnected = false
    (position, askedAt, nextAsk) = (nil, nil, nil)
    if let move { end(move, "the connection to PyMoDAQ was lost; nobody knows where it stands", position: nil) }
  }

  /// Asks where it is.
  public mutating func ask(at now: Duration) {
    guard isConnected else { return }
    if askedAt == nil {
      askedAt = now
      actions.append(.send(.readPosition))
    }
    nextAsk = (isMoving ? Self.period : poll).map { now + $0 }
  }

  /// Begins a move; none may be under way.
  ///
  /// - Returns: why it cannot be begun; nil if it was.
  public mutating func start(_ request: UInt32, _ goal: Goal, at now: Duration) -> String? {
    guard isConnected else { return "PyMoDAQ is not connected; tick 'connect' under TCP/IP there" }
    guard move == nil else { return "a move is under way; stop it first" }
    let value: Double =
      switch goal {
      case .absolute(let value), .relative(let value): value
      case .home: 0
      }
    guard value.isFinite else { return "\(value) is nowhere to move to" }
    move = Move(request: request, goal: goal, since: now, until: now + timeout)
    if position == nil { ask(at: now) } else { send(at: now) }
    return nil
  }

  /// Ends a move early.
  public mutating func stop(_ request: UInt32, at now: Duration) {
    guard var move, move.request == request, !move.isStopping else { return }
    guard move.isSent else { return end(move, nil, position: position, isStopped: true) }
    move = stopping(move, nil, at: now)
    self.move = move
  }

  /// Takes what the client sends.
  public mutating func receive(_ message: PymodaqClientMessage, at now: Duration) {
    switch message {
    case .positionIs(let position):
      askedAt = nil
      guard let value = converted(position) else { return }
      located(value, at: now)
    case .moveDone(let position):
      guard let value = converted(position) else { return }
      self.position = value
      // An answer to a stop may come as well, and one to a move that was given up.
      if let move, move.isSent {
        end(move, move.problem, position: value, isStopped: move.isStopping && move.problem == nil)
      }
      actions.append(.position(value, isMoving: isMoving))
    default: break
    }
  }

  /// Does what is due.
  public mutating func tick(at now: Duration) {
    if let time = askedAt, now - time >= Self.silencePatience {
      askedAt = nil
      actions.append(.reset("it has not said for \(Self.silencePatience) where it is"))
      return
    }
    if let move, now >= move.until {
      if move.isStopping || !move.isSent {
        end(move, move.problem ?? "it did not stop within \(Self.stopPatience)", position: nil)
      } else {
        self.move = stopping(move, "the move took longer than \(timeout)", at: now)
      }
    }
    if let time = nextAsk, now >= time { ask(at: now) }
  }

  private mutating func located(_ value: Double, at now: Duration) {
    position = value
    actions.append(.position(value, isMoving: isMoving))
    guard var move else { return }
    guard move.isSent else { return send(at: now) }
    let reference = move.isStopping ? move.restsAt : move.target ?? move.restsAt
    if let reference, abs(value - reference) <= tolerance {
      move.restsSince = move.restsSince ?? now
    } else {
      (move.restsSince, move.restsAt) = (nil, value)
    }
    self.move = move
    guard let since = move.restsSince, now - since >= Self.restPatience else { return }
    end(move, move.problem, position: value, isStopped: move.isStopping && move.problem == nil)
  }

  private mutating func send(at now: Duration) {
    guard var move, let position else { return }
    move.isSent = true
    switch move.goal {
    case .absolute(let value):
      move.target = value
      actions.append(.send(.moveAbsolute(PymodaqPosition(value, units: units, name: "framebus"))))
    case .relative(let value):
      move.target = position + value
      actions.append(.send(.moveRelative(PymodaqPosition(value, units: units, name: "framebus"))))
    case .home: actions.append(.send(.moveHome))
    }
    self.move = move
    nextAsk = now + Self.period
  }

  private mutating func stopping(_ old: Move, _ problem: String?, at now: Duration) -> Move {
    var move = Move(request: old.request, goal: old.goal, since: old.since, until: now + Self.stopPatience)
    (move.isSent, move.isStopping, move.problem) = (true, true, problem)
    actions.append(.send(.stopMotion))
    ask(at: now)
    return move
  }

  private mutating func end(_ move: Move, _ problem: String?, position: Double?, isStopped: Bool = false) {
    self.move = nil
    self.problem = problem ?? ""
    actions.append(.ended(request: move.request, problem: problem, isStopped: isStopped, position: position))
  }

  /// A client answers in its own units.
  private mutating func converted(_ position: PymodaqPosition) -> Double? {
    guard position.value.isFinite else {
      problem = "PyMoDAQ says that it is at \(position.value)"
      return nil
    }
    guard let conversion = PymodaqConversion(from: position.units, to: units) else {
      problem =
        "PyMoDAQ's positions are in '\(position.units)', which is not converted to '\(units)'; give the role other units"
      return nil
    }
    return conversion(position.value)
  }
}
