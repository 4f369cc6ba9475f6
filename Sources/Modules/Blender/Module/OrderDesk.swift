import BlenderProtocol
import BusClient
import Frames

/// Where orders are handed in: each is a job, written down before it begins, and one at a time waits for that.
struct OrderDesk {
  /// An order that was accepted.
  struct Accepted {
    let request: UInt32
    let action: BarAction
    let runs: [PumpRun]
  }

  private var jobs: Jobs<BlenderOrder>
  /// What was accepted and is not written down yet.
  private(set) var waiting: Accepted?
  /// The screen that asked for the latest order and is there still.
  private(set) var screen: Screens.Client?

  /// - Throws: `BusError` if another process has the journal.
  init(_ bus: Bus) throws(BusError) {
    jobs = try Jobs<BlenderOrder>(bus) { BlenderOutcome(abandoned: $0) }
  }

  /// The order in a frame, to be decided about.
  ///
  /// - Returns: nil for other frames, and for orders that were answered here because they came before.
  /// - Throws: `BusError` if the frame does not fit its schema.
  mutating func order(in frame: Frame) throws(BusError) -> BlenderOrder? { try jobs.command(in: frame) }

  /// Accepts an order; `start` has it next.
  ///
  /// - Parameters:
  ///   - action: what it is.
  ///   - runs: what the pumps have to do for it.
  ///   - screen: who asked; nil for the bus.
  mutating func accept(
    _ order: BlenderOrder, _ action: BarAction, _ runs: [PumpRun], from screen: Screens.Client? = nil
  ) {
    waiting = Accepted(request: order.request, action: action, runs: runs)
    self.screen = screen
    jobs.accept(order)
  }

  /// Refuses an order of the bus.
  mutating func refuse(_ order: BlenderOrder, because refusal: BarRefusal) {
    jobs.refuse(order, BlenderOutcome(order, refusedBecause: refusal))
  }

  /// Writes down what was accepted.
  ///
  /// - Returns: what begins now; nil if nothing was accepted.
  mutating func start() -> Accepted? {
    jobs.commit()
    defer { waiting = nil }
    return waiting
  }

  /// Sends how far the order is that runs. Without a manager nobody is there to see it.
  mutating func report(_ progress: BlenderProgress) { try? jobs.report(progress) }

  /// Ends the order that runs: its outcome is written down and sent.
  mutating func end(_ outcome: BlenderOutcome) {
    jobs.end(outcome)
    jobs.commit()
    screen = nil
  }

  /// A screen is gone.
  mutating func forget(_ screen: Screens.Client) {
    if self.screen == screen { self.screen = nil }
  }
}
