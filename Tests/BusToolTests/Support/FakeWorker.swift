import BusTesting

/// A module that does jobs of a schema of its own: it knows each by its `request`, and does it once.
final class FakeWorker {
  /// The ids of all jobs that it began, in order.
  private(set) var begun: [UInt32] = []
  /// How often it was asked, repetitions included.
  private(set) var askedCount = 0
  /// How it ends a job, and in which number of steps; nil leaves it open.
  var ending: (outcome: JobOutcome, steps: UInt8)?
  /// Whether it says anything at all.
  var isSilent = false
  private let bus: Bus
  private var ended: [UInt32: JobOutcome] = [:]

  init(_ manager: TestManager, ending: (outcome: JobOutcome, steps: UInt8)? = (.done, 2)) throws {
    self.ending = ending
    bus = try Bus(manager.configuration("worker"))
    let job = JobFrames(outcome: 5003, accepted: 5001, cancel: 5004, progress: [5002])
    declare(5000, "GIVE", "request uint32 - 1\ncount uint8 - 1 = 1", FrameProperties(job: job), sends: false)
    declare(5001, "ACCEPTED", "request uint32 - 1")
    declare(5002, "STEP", "request uint32 - 1\nnumber uint8 - 1")
    declare(
      5003, "GIVEN",
      "request uint32 - 1\noutcome uint8 - 1\tenum=JOB_OUTCOME DONE=0 FAILED=1 REFUSED=2 CANCELLED=3\ntext string - 1",
      FrameProperties(retain: 64))
    declare(5004, "STOP", "request uint32 - 1", sends: false)
    bus.listen(for: [5000, 5004].map { Subscription(FrameType(id: $0)) })
    try bus.connect(timeout: .seconds(60))
    try bus.barrier(timeout: .seconds(60))
  }

  private func declare(
    _ id: UInt16, _ name: String, _ fields: String, _ properties: FrameProperties = FrameProperties(),
    sends: Bool = true
  ) {
    bus.declare(id: id, name: name, fields: fields, properties: properties, sends: sends, listens: !sends)
  }

  func stop() { bus.stop() }

  /// Does what has arrived; waits a moment for something.
  func turn() throws {
    while bus.waitForData(timeout: .milliseconds(1)) {
      let frame = try bus.getData()
      let request = frame.payload.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      if frame.header.type == 5000 { try asked(request) } else { try end(request, .cancelled) }
    }
    bus.flush()
  }

  private func asked(_ request: UInt32) throws {
    askedCount += 1
    guard !isSilent else { return }
    if let outcome = ended[request] { return try end(request, outcome) }
    try send(5001, request)
    guard !begun.contains(request) else { return }
    begun.append(request)
    guard let ending else { return }
    for number in 1...max(1, ending.steps) where ending.steps > 0 { try send(5002, request, [number]) }
    try end(request, ending.outcome)
  }

  /// Ends a job.
  func end(_ request: UInt32, _ outcome: JobOutcome) throws {
    ended[request] = outcome
    try send(5003, request, [outcome.rawValue, 2, 0, 0, 0, 0x6F, 0x6B], .retain)
    bus.flush()
  }

  private func send(_ type: UInt16, _ request: UInt32, _ rest: [UInt8] = [], _ flags: FrameFlags = []) throws {
    let id = (0..<4).map { UInt8(truncatingIfNeeded: request >> (8 * $0)) }
    try bus.send(payload: id + rest, of: FrameType(id: type), flags: flags.with(.normal))
  }
}
