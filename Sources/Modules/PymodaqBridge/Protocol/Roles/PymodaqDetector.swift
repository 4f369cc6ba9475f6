/// An instrument that PyMoDAQ measures with: each request for data has one answer, and what could not be measured is not a
/// number. No bus and no clock: values and the time are handed in, actions are taken out.
public struct PymodaqDetector: Sendable {
  /// Something that is measured.
  public struct Channel: Equatable, Sendable {
    /// Its name in PyMoDAQ.
    public let label: String
    /// Empty if it has none.
    public let units: String
    /// How many dimensions its values have.
    public let dimension: PymodaqDimension
    /// Whether it can be asked for a fresh value.
    public let isAsked: Bool

    /// A channel.
    public init(label: String, units: String, dimension: PymodaqDimension, isAsked: Bool) {
      self.label = label
      self.units = units
      self.dimension = dimension
      self.isAsked = isAsked
    }
  }

  /// A value of a channel.
  public struct Value: Equatable, Sendable {
    /// The numbers.
    public let array: PymodaqArray
    /// The scales of its dimensions, as far as they are known.
    public let axes: [PymodaqAxis]
    /// Seconds since the Unix epoch.
    public let timestamp: Double

    /// A value.
    public init(_ array: PymodaqArray, axes: [PymodaqAxis] = [], timestamp: Double) {
      self.array = array
      self.axes = axes
      self.timestamp = timestamp
    }
  }

  /// What can be changed while it runs.
  public struct Settings: Equatable, Sendable {
    /// How old a value may be that is given instead of a fresh one.
    public var maxAge = Duration.milliseconds(200)
    /// How long an answer may take.
    public var timeout = Duration.seconds(2)
    /// How often it sends without being asked; nil for never. Generation 5 as shipped cannot ask.
    public var push: Duration?

    /// The usual ones.
    public init() {}
  }

  /// What the owner has to do.
  public enum Action: Equatable, Sendable {
    case send(PymodaqClientMessage)
    /// Ask for a value of a channel; many channels may come with one frame.
    case ask(channel: Int)
  }

  private struct Grab {
    let dimension: PymodaqDimension
    let since: Duration
    let until: Duration
    var waiting: Set<Int>
    /// How many answers are owed; none for what is sent unasked.
    var answers: Int
  }

  private struct Latest {
    let value: Value
    let at: Duration
  }

  /// Requests that are answered together at most; PyMoDAQ sends one and waits.
  private static let answersMax = 8
  /// PyMoDAQ sleeps 100 ms over each message: faster than this it falls behind.
  public static let pushMin = Duration.milliseconds(200)

  /// How fresh values have to be, and how soon answers.
  public var settings: Settings
  /// How many times data were sent, and how many of them had something in them that could not be measured.
  public private(set) var counts = (grabs: UInt64(0), failures: UInt64(0))
  /// What was wrong the last time; empty if nothing was.
  public private(set) var problem = ""

  private let name: String
  private let channels: [Channel]
  private var latest: [Latest?]
  private var grab: Grab?
  private var nextPush: Duration?
  private var isConnected = false
  private var reportedProblem = ""
  private var actions: [Action] = []

  /// - Parameter name: of the data in PyMoDAQ.
  public init(name: String, channels: [Channel], settings: Settings) {
    self.name = name
    self.channels = channels
    self.settings = settings
    latest = channels.map { _ in nil }
  }

  /// When `tick` is due; nil if nothing is.
  public var deadline: Duration? { [grab?.until, nextPush].compactMap(\.self).min() }

  /// The next thing to do; nil if there is none.
  public mutating func nextAction() -> Action? { actions.isEmpty ? nil : actions.removeFirst() }

  /// PyMoDAQ is there.
  public mutating func connected(at now: Duration) {
    isConnected = true
    reportedProblem = ""
    if settings.push != nil { nextPush = now }
  }

  /// PyMoDAQ is gone, and waits for nothing any more.
  public mutating func disconnected() {
    isConnected = false
    grab = nil
    nextPush = nil
  }

  /// Takes what PyMoDAQ sends.
  public mutating func receive(_ message: PymodaqServerMessage, at now: Duration) {
    guard case .sendData(let dimension) = message else { return }
    // It is answered with what is there instead of being left waiting.
    guard let answers = grab?.answers else { return begin(dimension, answers: 1, at: now) }
    grab?.answers = min(answers + 1, Self.answersMax)
  }

  /// Takes a value.
  public mutating func measured(_ channel: Int, _ value: Value, at now: Duration) {
    latest[channel] = Latest(value: value, at: now)
    guard grab?.waiting.remove(channel) != nil, grab?.waiting.isEmpty == true else { return }
    answer(at: now)
  }

  /// The bus is there again; what was asked before was perhaps lost.
  public mutating func busReturned() {
    for channel in grab?.waiting.sorted() ?? [] where channels[channel].isAsked {
      actions.append(.ask(channel: channel))
    }
  }

  /// Does what is due.
  public mutating func tick(at now: Duration) {
    if let grab, now >= grab.until { answer(at: now) }
    if let time = nextPush, now >= time {
      nextPush = settings.push.map { now + max($0, Self.pushMin) }
      if grab == nil, let dimension = channels.first?.dimension { begin(dimension, answers: 0, at: now) }
    }
  }

  private mutating func begin(_ dimension: PymodaqDimension, answers: Int, at now: Duration) {
    var waiting: Set<Int> = []
    for index in channels.indices where channels[index].dimension == dimension {
      if channels[index].isAsked || age(of: index, at: now).map({ $0 > settings.maxAge }) ?? true {
        waiting.insert(index)
      }
    }
    grab = Grab(dimension: dimension, since: now, until: now + settings.timeout, waiting: waiting, answers: answers)
    for index in waiting.sorted() where channels[index].isAsked { actions.append(.ask(channel: index)) }
    if waiting.isEmpty { answer(at: now) }
  }

  private func age(of channel: Int, at now: Duration) -> Duration? { latest[channel].map { now - $0.at } }

  private mutating func answer(at now: Duration) {
    guard let grab else { return }
    self.grab = nil
    var problems: [String] = []
    var measured: [(Channel, Value)] = []
    for (index, channel) in channels.enumerated() where channel.dimension == grab.dimension {
      let isMissing = grab.waiting.contains(index)
      if isMissing, age(of: index, at: now).map({ $0 > settings.maxAge }) ?? true {
        problems.append(why(index, at: now))
        let array = latest[index]?.value.array.unmeasured ?? Self.unmeasured(grab.dimension)
        measured.append((channel, Value(array, axes: latest[index]?.value.axes ?? [], timestamp: 0)))
      } else if let value = latest[index]?.value {
        // PyMoDAQ takes an array without elements for one of many dimensions.
        let isEmpty = value.array.count == 0
        measured.append((channel, isEmpty ? Value(Self.unmeasured(grab.dimension), timestamp: value.timestamp) : value))
      }
    }
    if measured.isEmpty {
      problems = ["\(name) has no \(grab.dimension) channel: use a TCPServer of another dimension, or change the map"]
      let channel = Channel(label: name, units: "", dimension: grab.dimension, isAsked: false)
      measured = [(channel, Value(Self.unmeasured(grab.dimension), timestamp: 0))]
    }
    let export = export(measured, grab.dimension)
    for _ in 0..<max(1, grab.answers) { actions.append(.send(.data(export))) }
    counts.grabs += UInt64(max(1, grab.answers))
    if !problems.isEmpty { counts.failures += UInt64(max(1, grab.answers)) }
    problem = problems.joined(separator: "; ")
    guard problem != reportedProblem else { return }
    reportedProblem = problem
    actions.append(.send(.info(name: "problem", value: problem.isEmpty ? "none" : String(problem.prefix(300)))))
  }

  /// Without how long it is: the line is sent once for each cause.
  private func why(_ channel: Int, at now: Duration) -> String {
    let what = "\(channels[channel].label): "
    if latest[channel] == nil { return what + "nothing has come from the bus; is the module that measures it running?" }
    return what + "no value within \(settings.timeout) that is not older than \(settings.maxAge)"
  }

  private static func unmeasured(_ dimension: PymodaqDimension) -> PymodaqArray {
    PymodaqArray([.nan], shape: dimension == .two ? [1, 1] : dimension == .many ? [1, 1, 1] : [1])
  }

  /// Channels of one shape, unit and scale are data together, as PyMoDAQ wants it.
  private func export(_ measured: [(Channel, Value)], _ dimension: PymodaqDimension) -> PymodaqExport {
    let timestamp = measured.map(\.1.timestamp).max() ?? 0
    var all: [PymodaqData] = []
    for (channel, value) in measured {
      let isJoined = { (data: PymodaqData) in
        data.units == channel.units && data.axes == value.axes && data.arrays[0].shape == value.array.shape
      }
      if let index = all.firstIndex(where: isJoined) {
        all[index].arrays.append(value.array)
        all[index].labels.append(channel.label)
        continue
      }
      var data = PymodaqData(
        .fromPlugins, timestamp: timestamp, name: all.isEmpty ? name : "\(name) \(channel.label)",
        dimension: dimension, arrays: [value.array], labels: [channel.label])
      data.units = channel.units
      data.axes = value.axes
      data.origin = name
      data.extras = ["do_plot", "do_save"].map { PymodaqExtra($0, .scalar(PymodaqScalar(true))) }
      all.append(data)
    }
    return PymodaqExport(timestamp: timestamp, name: name, data: all)
  }
}
