import BusClient
import EvominBridgeProtocol
import Frames

/// What the device is sent, until it is known what became of it: the jobs of those who ask with EVOMIN_TO_DEVICE, and the
/// frames that the map makes commands of.
struct Orders {
  private enum Origin {
    /// An EVOMIN_TO_DEVICE with this request.
    case job(UInt32)
    /// A frame with this id, or a request for it.
    case mapped(UInt16)
  }

  private struct Order {
    let origin: Origin
    let command: UInt8
    var attempts: UInt8 = 0

    /// Whether it is a job of somebody who knows it by its id. How many of those there are is limited by the ledger.
    var isNumbered: Bool {
      if case .job(let request) = origin { request != 0 } else { false }
    }
  }

  private let log: Log
  private var jobs: Jobs<EvominToDevice>
  private var open: [EvominSendID: Order] = [:]
  /// Open orders that are no job with an id, and how many of them there may be.
  private var unnumberedCount = 0
  private let unnumberedMax: Int
  /// How many were not sent.
  private(set) var refusedCount: UInt64 = 0

  /// - Parameter unnumberedMax: how many orders that are no job with an id may wait.
  /// - Throws: `BusError` if another process has the journal.
  init(_ bus: Bus, unnumberedMax: Int) throws(BusError) {
    log = bus.log
    jobs = try Jobs(bus) { EvominResult(abandoned: $0) }
    self.unnumberedMax = unnumberedMax
  }

  /// Whether another frame may become an order.
  var hasRoom: Bool { unnumberedCount < unnumberedMax }
  /// Jobs that are accepted and not ended.
  var openJobs: Int { jobs.openCount }

  // MARK: Jobs

  /// Accepts or refuses the job in a frame.
  mutating func decide(_ frame: Frame, _ port: DevicePort, at now: UInt64) {
    let command: EvominToDevice?
    do throws(BusError) {
      command = try jobs.command(in: frame)
    } catch {
      // Whoever asked was answered.
      refusedCount += 1
      return log.once(.warning, "refused", cause: "unreadable", ["reason": error.message])
    }
    guard let command else { return }
    if let problem = port.problem(of: command.payload) {
      refusedCount += 1
      return jobs.refuse(command, EvominResult(command, refusedBecause: problem))
    }
    jobs.accept(command)
    // What is not written down takes room in the queue, so it does not wait.
    if command.request == 0 { start(port, at: now) }
  }

  /// Sends what was accepted, now that it is written down.
  mutating func start(_ port: DevicePort, at now: UInt64) {
    for job in jobs.commit() {
      do throws(Refusal) {
        let id = try port.send(job.payload, as: EvominCommand(rawValue: job.command), at: now)
        add(Order(origin: .job(job.request), command: job.command), as: id)
      } catch {
        refusedCount += 1
        jobs.end(EvominResult(job, refusedBecause: error))
      }
    }
  }

  /// Writes down what has ended, then says so on the bus.
  mutating func commit() { jobs.commit() }

  // MARK: Mapped frames

  /// Sends the payload of a frame as the command that it is for the device.
  ///
  /// - Returns: what is to be reported if it cannot be sent.
  mutating func send(
    _ payload: [UInt8], as route: EvominRoute, _ port: DevicePort, at now: UInt64
  ) -> EvominUndelivered? {
    // Commands that came before it go before it.
    start(port, at: now)
    do throws(Refusal) {
      let id = try port.send(payload, as: route.command, at: now)
      add(Order(origin: .mapped(route.frame.id), command: route.command.rawValue), as: id)
      return nil
    } catch {
      return refuse(route, error)
    }
  }

  /// Does not send a frame.
  ///
  /// - Returns: what is to be reported.
  mutating func refuse(_ route: EvominRoute, _ refusal: Refusal) -> EvominUndelivered {
    refusedCount += 1
    log.once(
      .warning, "refused", cause: "\(route.command) \(refusal.cause)",
      ["command": "\(route.command)", "reason": refusal.text])
    return EvominUndelivered(
      frame: route.frame.id, command: route.command.rawValue, attempts: 0, mayHaveArrived: false, text: refusal.text)
  }

  // MARK: What becomes of them

  /// A frame has gone out once more.
  mutating func recordAttempt(_ attempt: Int, of id: EvominSendID) {
    open[id]?.attempts = UInt8(clamping: attempt)
  }

  /// The command that a slave replies to; nil if its outcome is known already.
  func command(of id: EvominSendID) -> UInt8? { open[id]?.command }

  /// The device has a frame.
  mutating func finish(_ id: EvominSendID) {
    guard let order = remove(id), case .job(let request) = order.origin else { return }
    jobs.end(
      EvominResult(
        request: request, outcome: .done, text: "the device has it", command: order.command, attempts: order.attempts))
  }

  /// Nothing more is done for a frame.
  ///
  /// - Returns: what is to be reported, if it was no job.
  mutating func fail(_ id: EvominSendID, _ failure: EvominFailure) -> EvominUndelivered? {
    guard let order = remove(id) else { return nil }
    let wasSent = order.attempts > 0
    let text = wasSent ? "\(failure)" : "\(failure); it was not sent"
    switch order.origin {
    case .job(let request):
      jobs.end(
        EvominResult(
          request: request, outcome: .failed, text: text, command: order.command, attempts: order.attempts,
          mayHaveArrived: wasSent))
      return nil
    case .mapped(let frame):
      return EvominUndelivered(
        frame: frame, command: order.command, attempts: order.attempts, mayHaveArrived: wasSent, text: text)
    }
  }

  private mutating func add(_ order: Order, as id: EvominSendID) {
    open[id] = order
    if !order.isNumbered { unnumberedCount += 1 }
  }

  private mutating func remove(_ id: EvominSendID) -> Order? {
    guard let order = open.removeValue(forKey: id) else { return nil }
    if !order.isNumbered { unnumberedCount -= 1 }
    return order
  }
}

extension EvominResult {
  /// A command that was not tried.
  fileprivate init(_ order: EvominToDevice, refusedBecause refusal: Refusal) {
    self.init(request: order.request, outcome: .refused, text: refusal.text, command: order.command)
  }

  /// A command that an earlier process of the bridge accepted, and of which nobody knows how far it came.
  fileprivate init(abandoned order: EvominToDevice) {
    self.init(
      request: order.request, outcome: .failed,
      text: "the bridge was restarted, and nobody knows whether the device has it: ask the device",
      command: order.command, mayHaveArrived: true)
  }
}
