import BlenderProtocol
import BusClient
import Frames

/// Carries out orders: one at a time, from its acceptance to its outcome, with the pumps.
struct Barkeeper: ~Copyable {
  /// What the others are to know.
  enum News {
    /// Whether the pumps take orders, and why or why not.
    case isReady(Bool, String)
    case alarm(String)
    case refused
    /// How far the order is that runs.
    case progress(Bar.Status)
    /// The order is over; `asker` is the screen that asked for it, if that is there still.
    case ended(Bar.Ending, asker: Screens.Client?)
  }

  private let bus: Bus
  private var bar = Bar()
  private var pumps: PumpDriver
  private var desk: OrderDesk
  /// Whether nothing is begun any more.
  private var isEnding = false
  private var news: [News] = []

  init(_ options: BlenderOptions, _ configuration: BarConfiguration, bus: Bus) throws {
    let pumps = try PumpDriver(options, configuration, bus: bus)
    let desk = try OrderDesk(bus)
    self.bus = bus
    self.pumps = pumps
    self.desk = desk
  }

  /// The id of the order that is carried out; nil if none is.
  var request: UInt32? { bar.request }
  /// When a turn is due without anything from outside; nil if nothing is expected.
  var deadline: Duration? {
    mutating get { [bar.deadline, pumps.deadline].compactMap(\.self).min() }
  }

  /// What is to be seen now; nil if nothing is carried out.
  func status(at now: Duration) -> Bar.Status? { bar.status(at: now) }

  /// What there is to know since the last call, in order.
  mutating func takeNews() -> [News] {
    defer { news = [] }
    return news
  }

  // MARK: Orders

  /// Accepts or refuses the order in a frame; nothing happens if there is none in it.
  ///
  /// - Throws: `BusError` if the frame does not fit its schema.
  mutating func decide(_ frame: Frame, _ setup: BarSetup, at now: Duration) throws(BusError) {
    guard let job = try desk.order(in: frame) else { return }
    do throws(BarRefusal) {
      let order = try BarOrder(job)
      desk.accept(job, order.action, try check(order, setup, at: now))
    } catch {
      news.append(.refused)
      desk.refuse(job, because: error)
    }
  }

  /// Accepts the order of a screen. It is a job like any other, so that modules can follow it; nobody has chosen its id.
  ///
  /// - Throws: `BarRefusal`; nothing has changed then.
  mutating func accept(
    _ order: BarOrder, from screen: Screens.Client, _ setup: BarSetup, at now: Duration
  ) throws(BarRefusal) {
    let job = BlenderOrder(order, request: .random(in: 1 ... .max))
    desk.accept(job, order.action, try check(order, setup, at: now), from: screen)
  }

  /// - Returns: what the pumps have to do.
  private mutating func check(
    _ order: BarOrder, _ setup: BarSetup, at now: Duration
  ) throws(BarRefusal) -> [PumpRun] {
    let runs = try setup.runs(for: order)
    try bar.checkIsIdle(at: now)
    guard !isEnding else { throw BarRefusal("the blender is being stopped") }
    if let other = desk.waiting { throw BarRefusal("Already \(other.action.participle) ! Retry in 1 sec") }
    return try pumps.check(runs, at: now)
  }

  /// Ends the order that runs early; nothing happens if none does.
  mutating func cancel(_ reason: String, at now: Duration) { stop(as: .cancelled, reason, at: now) }

  private mutating func stop(as result: BarResult, _ reason: String, at now: Duration) {
    guard bar.request != nil else { return }
    bar.stop(as: result, reason, at: now)
    for report in pumps.cancel(at: now) { handle(report, at: now) }
  }

  /// A screen is gone.
  mutating func forget(_ screen: Screens.Client) { desk.forget(screen) }

  // MARK: Turns

  /// Lets the pumps do what is due.
  mutating func runPumps(at now: Duration) {
    for report in pumps.process(at: now) { handle(report, at: now) }
  }

  /// Ends, begins and reports what is due.
  mutating func advance(at now: Duration) {
    end()
    begin()
    guard let request = bar.request, let status = bar.nextStatus(at: now) else { return }
    desk.report(BlenderProgress(request, status))
    news.append(.progress(status))
  }

  /// Begins what was accepted, now that it is written down.
  private mutating func begin() {
    guard let start = desk.start() else { return }
    // The disk may have taken a while.
    let now = bus.now
    let expected = pumps.begin(start.runs, at: now)
    bar.begin(start.action, request: start.request, start.runs, expected: expected ?? .zero, at: now)
    if expected == nil {
      bar.stop(as: .failed(mayHavePoured: false), "the pumps take no orders", arePumpsOff: true, at: now)
    }
  }

  /// Ends the order that runs if its pumps are done.
  private mutating func end() {
    guard let ending = bar.end() else { return }
    news.append(.ended(ending, asker: desk.screen))
    desk.end(BlenderOutcome(ending))
  }

  private mutating func handle(_ report: PumpDriver.Report, at now: Duration) {
    switch report {
    case .isReady(let isReady, let text): news.append(.isReady(isReady, text))
    case .turned(let pump, let isOn, let time): bar.enter(pump, isOn: isOn, at: time)
    case .expectedEnd(let end): bar.expectEnd(at: end)
    case .failed(let reason, let mayHavePoured):
      bar.stop(as: .failed(mayHavePoured: mayHavePoured), reason, arePumpsOff: true, at: now)
    case .alarm(let text):
      bar.enter(alarm: text)
      news.append(.alarm(text))
    }
  }

  // MARK: The end

  /// Begins nothing any more, and ends what runs.
  mutating func beginEnd(at now: Duration) {
    isEnding = true
    stop(as: .failed(mayHavePoured: false), "the blender was stopped", at: now)
  }

  /// All pumps off; then the order that runs still has its outcome.
  mutating func stop(at now: Duration) {
    pumps.stop()
    let reason = "the blender was stopped, and the pumps may be running still"
    bar.stop(as: .failed(mayHavePoured: true), reason, arePumpsOff: true, at: now)
    end()
  }
}
