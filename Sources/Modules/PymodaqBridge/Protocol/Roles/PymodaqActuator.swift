/// An instrument that PyMoDAQ moves: each move has one end, whatever happens, because PyMoDAQ waits for it without a limit.
/// No bus and no clock: positions, ends of moves and the time are handed in, actions are taken out.
public struct PymodaqActuator: Sendable {
  /// What the instrument can do.
  public struct Abilities: Equatable, Sendable {
    /// The units of its positions; empty if it has none.
    public var units = ""
    /// Where it can go.
    public var range: ClosedRange<Double>?
    /// Whether it says itself how a move ended; otherwise its position shows that.
    public var reportsEnds = false
    /// Whether it has a way home.
    public var canHome = false
    /// Where it is then; nil if it is there as soon as it stands.
    public var homePosition: Double?
    /// Whether it can be stopped in a move.
    public var canStop = false
    /// Whether it can be asked where it is.
    public var isAsked = true

    /// None.
    public init() {}
  }

  /// What can be changed while it runs.
  public struct Settings: Equatable, Sendable {
    /// How near to its target it has arrived.
    public var tolerance = 0.01
    /// How long it has to stay there.
    public var settle = Duration.milliseconds(300)
    /// How long a move may take.
    public var timeout = Duration.seconds(60)
    /// How old a position may be that is given instead of a fresh one.
    public var maxAge = Duration.milliseconds(200)

    /// The usual ones.
    public init() {}
  }

  /// What the owner has to do.
  public enum Action: Equatable, Sendable {
    case send(PymodaqClientMessage)
    case move(id: Int, to: Double)
    case home(id: Int)
    /// End a move; without an id, whatever moves.
    case stop(id: Int?)
    case askPosition
  }

  private enum Goal: Equatable {
    case position(Double)
    case home
  }

  private struct Move {
    let id: Int
    let goal: Goal
    let until: Duration
    /// Since when it is where it shall be, or, on its way home and after a stop, where it was last.
    var restsSince: Duration?
    var restsAt: Double?
    /// What comes after it.
    var next: Goal?
    var isStopping = false
    var problem: String?
  }

  private enum Phase {
    case idle
    /// A relative move needs to know where it begins.
    case locating(difference: Double, since: Duration, until: Duration)
    case moving(Move)
    /// It stands, and its real position is looked for.
    case ending(problem: String?, since: Duration, until: Duration)
  }

  private struct Known {
    let value: Double
    let timestamp: Double
    let at: Duration
  }

  /// How long it takes to know where it is.
  public static let positionPatience = Duration.milliseconds(1500)
  /// How long a stop may take.
  public static let stopPatience = Duration.seconds(5)
  /// How long the bus may be away in a move.
  public static let busPatience = Duration.seconds(5)
  /// How often it is asked in a move, and PyMoDAQ is sent where it is.
  public static let period = Duration.milliseconds(250)

  /// When a move is over.
  public var settings: Settings
  /// How many moves ended, and how many of them not as they should.
  public private(set) var counts = (moves: UInt64(0), failures: UInt64(0))
  /// What was wrong the last time; empty if nothing was.
  public private(set) var problem = ""

  private let name: String
  private let abilities: Abilities
  private var phase = Phase.idle
  private var known: Known?
  private var lastID = 0
  /// Until when PyMoDAQ's question is to be answered; nil if it has none.
  private var question: (since: Duration, until: Duration)?
  private var nextUpdate: Duration?
  private var sentPosition: Double?
  private var busLostAt: Duration?
  private var isConnected = false
  private var reportedProblem = ""
  private var actions: [Action] = []

  /// - Parameter name: of the positions in PyMoDAQ.
  public init(name: String, _ abilities: Abilities, settings: Settings) {
    self.name = name
    self.abilities = abilities
    self.settings = settings
  }

  /// Whether something moves that PyMoDAQ has asked for.
  public var isMoving: Bool { if case .moving = phase { true } else { false } }

  /// When `tick` is due; nil if nothing is.
  public var deadline: Duration? {
    let ofPhase: [Duration?] =
      switch phase {
      case .idle: []
      case .locating(_, _, let until), .ending(_, _, let until): [until]
      case .moving(let move):
        [move.until, nextUpdate, settledAt(move), busLostAt.map { $0 + Self.busPatience }]
      }
    return (ofPhase + [question?.until]).compactMap(\.self).min()
  }

  /// The next thing to do; nil if there is none.
  public mutating func nextAction() -> Action? { actions.isEmpty ? nil : actions.removeFirst() }

  // MARK: PyMoDAQ

  /// PyMoDAQ is there.
  public mutating func connected(at now: Duration) {
    isConnected = true
    reportedProblem = ""
    sentPosition = nil
  }

  /// PyMoDAQ is gone. A move that is under way goes on to its end; nobody is told.
  public mutating func disconnected() {
    isConnected = false
    question = nil
  }

  /// Takes what PyMoDAQ sends.
  public mutating func receive(_ message: PymodaqServerMessage, at now: Duration) {
    switch message {
    case .moveAbsolute(let position): move(position, isRelative: false, at: now)
    case .moveRelative(let position): move(position, isRelative: true, at: now)
    case .moveHome:
      guard abilities.canHome else {
        return refuse("the map names no frame that moves it home; give the role 'home'", at: now)
      }
      start(.home, at: now)
    case .stopMotion: stop(at: now)
    case .readPosition:
      if question == nil { question = (now, now + Self.positionPatience) }
      askPosition(at: now)
    default: break
    }
  }

  // MARK: The bus

  /// The instrument has said where it is.
  public mutating func located(_ value: Double, timestamp: Double, at now: Duration) {
    guard value.isFinite else { return }
    known = Known(value: value, timestamp: timestamp, at: now)
    if question != nil { answerQuestion(at: now) }
    switch phase {
    case .idle: break
    case .locating(let difference, _, _): start(.position(value + difference), at: now)
    case .moving(let move): look(at: value, move, at: now)
    case .ending(let problem, _, _): end(problem, at: now)
    }
  }

  /// The instrument has said how a move ended.
  ///
  /// - Parameter problem: why it is not where it should be; nil if it is.
  public mutating func moveEnded(_ id: Int, problem: String?, at now: Duration) {
    guard case .moving(let move) = phase, move.id == id else { return }
    finish(move, move.problem ?? (move.isStopping ? nil : problem), at: now)
  }

  /// The bus is away, or there again.
  public mutating func busChanged(isThere: Bool, at now: Duration) {
    if isThere {
      busLostAt = nil
      if question != nil { askPosition(at: now) }
    } else if busLostAt == nil {
      busLostAt = now
      // What it does meanwhile nobody sees.
      known = nil
    }
  }

  /// Does what is due.
  public mutating func tick(at now: Duration) {
    if let question, now >= question.until { answerQuestion(at: now) }
    switch phase {
    case .idle: break
    case .locating(_, _, let until):
      if now >= until { refuse("it is not known where it is, so it was not moved", at: now) }
    case .ending(let problem, _, let until): if now >= until { end(problem, at: now) }
    case .moving(let move): tick(move, at: now)
    }
  }

  private mutating func tick(_ move: Move, at now: Duration) {
    if let busLostAt, now - busLostAt >= Self.busPatience {
      return finish(move, "the bus was lost in the move", at: now)
    }
    if let time = settledAt(move), now >= time { return finish(move, move.problem, at: now) }
    if now >= move.until {
      if move.isStopping { return finish(move, move.problem ?? "it did not stop within \(Self.stopPatience)", at: now) }
      let problem = "the move took longer than \(settings.timeout)"
      guard abilities.canStop else { return finish(move, problem, at: now) }
      return end(move, problem, next: nil, at: now)
    }
    guard let time = nextUpdate, now >= time else { return }
    nextUpdate = now + Self.period
    askPosition(at: now)
    if let known, known.value != sentPosition, busLostAt == nil {
      sentPosition = known.value
      send(.positionIs(position(known)))
    }
  }

  // MARK: Moves

  private mutating func move(_ position: PymodaqPosition, isRelative: Bool, at now: Duration) {
    guard position.value.isFinite else { return refuse("\(position.value) is nowhere to move to", at: now) }
    guard let conversion = PymodaqConversion(from: position.units, to: abilities.units) else {
      return refuse("'\(position.units)' cannot be converted to '\(abilities.units)'", at: now)
    }
    guard isRelative else { return start(.position(conversion(position.value)), at: now) }
    let difference = conversion.difference(position.value)
    if let known, now - known.at <= settings.maxAge { return start(.position(known.value + difference), at: now) }
    if isMoving { return refuse("a relative move while it moves leads nowhere that is known", at: now) }
    phase = .locating(difference: difference, since: now, until: now + Self.positionPatience)
    askPosition(at: now)
  }

  private mutating func start(_ goal: Goal, at now: Duration) {
    if case .position(let target) = goal, let range = abilities.range, !range.contains(target) {
      return refuse("\(target) \(abilities.units) is outside of \(range.lowerBound) to \(range.upperBound)", at: now)
    }
    // An instrument that reports ends does one thing at a time.
    if case .moving(let move) = phase, abilities.reportsEnds, abilities.canStop {
      return end(move, nil, next: goal, at: now)
    }
    lastID += 1
    phase = .moving(Move(id: lastID, goal: goal, until: now + settings.timeout))
    nextUpdate = now + Self.period
    switch goal {
    case .position(let target): actions.append(.move(id: lastID, to: target))
    case .home: actions.append(.home(id: lastID))
    }
  }

  private mutating func stop(at now: Duration) {
    guard case .moving(let move) = phase else { return actions.append(.stop(id: nil)) }
    guard abilities.canStop else { return say("the map names no frame that stops it; give the role 'stop'") }
    end(move, nil, next: nil, at: now)
  }

  /// Ends a move early. Its end is reported as that of any other.
  private mutating func end(_ move: Move, _ problem: String?, next: Goal?, at now: Duration) {
    let until = move.isStopping ? move.until : now + Self.stopPatience
    var ending = Move(id: move.id, goal: move.goal, until: until)
    (ending.isStopping, ending.problem, ending.next) = (true, problem ?? move.problem, next)
    phase = .moving(ending)
    if !move.isStopping { actions.append(.stop(id: move.id)) }
    askPosition(at: now)
  }

  /// Watches whether it has arrived.
  private mutating func look(at value: Double, _ old: Move, at now: Duration) {
    var move = old
    if let reference = reference(of: move), abs(value - reference) <= settings.tolerance {
      move.restsSince = move.restsSince ?? now
    } else {
      move.restsSince = nil
      move.restsAt = value
    }
    phase = .moving(move)
    if let since = move.restsSince, now - since >= settings.settle, rests(move) { finish(move, move.problem, at: now) }
  }

  /// Where it has to be; nil if it only has to stand.
  private func reference(of move: Move) -> Double? {
    if move.isStopping { return move.restsAt }
    switch move.goal {
    case .position(let target): return target
    case .home: return abilities.homePosition ?? move.restsAt
    }
  }

  /// Whether its position alone says that it is done.
  private func rests(_ move: Move) -> Bool { !abilities.reportsEnds || move.goal == .home }

  /// When it is done if it says nothing more: for an instrument that says only how its position changes.
  private func settledAt(_ move: Move) -> Duration? {
    abilities.isAsked || !rests(move) ? nil : move.restsSince.map { $0 + settings.settle }
  }

  private mutating func finish(_ move: Move, _ problem: String?, at now: Duration) {
    nextUpdate = nil
    if let next = move.next, problem == nil {
      phase = .idle
      return start(next, at: now)
    }
    counts.moves += 1
    if problem != nil { counts.failures += 1 }
    look(for: problem, at: now)
  }

  /// Moves nothing, and says why.
  private mutating func refuse(_ problem: String, at now: Duration) {
    counts.moves += 1
    counts.failures += 1
    if case .moving = phase {
      say(problem)
      // The move that is under way ends this one, too.
      return
    }
    look(for: problem, at: now)
  }

  /// Looks where it is, to end a move with the truth.
  private mutating func look(for problem: String?, at now: Duration) {
    phase = .ending(problem: problem, since: now, until: now + Self.positionPatience)
    askPosition(at: now)
    if !abilities.isAsked, fresh(since: now, at: now) != nil { end(problem, at: now) }
  }

  private mutating func end(_ problem: String?, at now: Duration) {
    guard case .ending(_, let since, _) = phase else { return }
    phase = .idle
    var problem = problem
    if let known = fresh(since: since, at: now) {
      sentPosition = known.value
      send(.moveDone(position(known)))
    } else {
      problem = [problem, "where it is is not known"].compactMap(\.self).joined(separator: "; ")
      send(.moveDone(PymodaqPosition(.nan, units: abilities.units, name: name)))
    }
    say(problem ?? "")
  }

  // MARK: Positions

  /// Where it is, if that is from after a question or not too old.
  private func fresh(since time: Duration, at now: Duration) -> Known? {
    guard let known, known.at >= time || now - known.at <= settings.maxAge else { return nil }
    return known
  }

  private mutating func askPosition(at now: Duration) {
    guard !abilities.isAsked else { return actions.append(.askPosition) }
    // What it says by itself has to do.
    if question != nil, fresh(since: now, at: now) != nil { answerQuestion(at: now) }
  }

  private mutating func answerQuestion(at now: Duration) {
    guard let question else { return }
    self.question = nil
    if let known = fresh(since: question.since, at: now) { return send(.positionIs(position(known))) }
    send(.positionIs(PymodaqPosition(.nan, units: abilities.units, name: name)))
    say("where it is is not known: its module does not say it; is it running?")
  }

  private func position(_ known: Known) -> PymodaqPosition {
    PymodaqPosition(known.value, units: abilities.units, name: name, timestamp: known.timestamp)
  }

  private mutating func send(_ message: PymodaqClientMessage) {
    if isConnected { actions.append(.send(message)) }
  }

  /// A line for the user, once for each cause.
  private mutating func say(_ problem: String) {
    self.problem = problem
    guard problem != reportedProblem else { return }
    reportedProblem = problem
    send(.info(name: "problem", value: problem.isEmpty ? "none" : String(problem.prefix(300))))
  }
}
