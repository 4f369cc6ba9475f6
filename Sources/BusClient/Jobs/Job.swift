import BusWire

/// A job as its asker sees it: whether it was accepted, how far it is, and how it ended.
///
///     let job = try bus.job(CandyDispense(count: 3))
///     print(job.request)                       // write it down if this program may be killed
///     …
///     if let outcome = job.outcome { print(outcome.text) }
///
/// It is kept up to date while the bus is: in `process()`, and while something waits. The command is sent again after
/// each break until it was accepted or answered; the worker does it once. Let go of the job to stop waiting for it.
public final class Job<Command: JobCommand>: OpenJob {
  /// How the job ended; nil while it has not.
  public private(set) var outcome: Command.Outcome?

  override func end(_ frame: Frame) throws(BusError) {
    outcome = try frame.decode(Command.Outcome.self)
  }

  /// Asks the worker to end the job early. Its outcome comes as ever, and may still be `DONE`.
  ///
  /// - Throws: `BusError` like `Bus.send`, or if jobs of this command cannot be cancelled.
  public func cancel() throws(BusError) {
    guard let type = Command.cancelType else {
      throw BusError(.configuration, "\(Command.frameType) cannot be cancelled: its schema names no frame for it")
    }
    try bus?.send(payload: request.littleEndianBytes, of: type, instance: instance)
  }
}

/// What a job is, whatever its command.
public class OpenJob {
  /// Where a job stands.
  public enum State: Equatable, Sendable {
    /// The command was sent, or will be as soon as a manager is there; nobody has answered yet.
    case asked
    /// A worker has accepted it.
    case accepted
    /// It has its outcome.
    case ended
  }

  /// The id of the job, from which a later process can wait for it.
  public let request: UInt32
  /// Which of several equal devices it is for.
  public let instance: UInt8
  /// Where it stands.
  public internal(set) var state: State
  /// Frames about its progress that were not taken out, because more came than are kept for it.
  public private(set) var missedProgress = 0

  weak var bus: Bus?
  let frames: JobFrames
  /// The command; nil if it is only waited for.
  let command: (type: FrameType, payload: [UInt8])?
  private var progress: [Frame] = []
  private static let progressMax = 64

  init(
    _ bus: Bus, request: UInt32, instance: UInt8, frames: JobFrames, command: (type: FrameType, payload: [UInt8])?
  ) {
    self.bus = bus
    self.request = request
    self.instance = instance
    self.frames = frames
    self.command = command
    state = command == nil ? .accepted : .asked
  }

  /// The next frame about its acceptance or progress that was not taken out yet, in order; nil if there is none.
  public func nextProgress() -> Frame? {
    progress.isEmpty ? nil : progress.removeFirst()
  }

  /// What must be listened for to hear of it.
  var types: [UInt16] { [frames.outcome] + [frames.accepted].compactMap(\.self) + frames.progress }

  /// Looks at a frame that has arrived.
  func look(at frame: Frame) throws(BusError) {
    let header = frame.header
    guard state != .ended, header.instance == instance, types.contains(header.type), !frame.isRequest,
      frame.withPayload({ UInt32(firstOf: $0) }) == request
    else { return }
    if header.type == frames.outcome {
      try end(frame)
      state = .ended
      return
    }
    state = .accepted
    // What a history brings again was seen already, or is seen now for the first time.
    guard !progress.contains(where: { $0.header.timestamp == header.timestamp && $0.type == frame.type }) else {
      return
    }
    if progress.count == Self.progressMax {
      progress.removeFirst()
      missedProgress += 1
    }
    progress.append(frame)
  }

  /// Takes the outcome.
  func end(_ frame: Frame) throws(BusError) {}
}

extension UInt32 {
  /// As a frame carries it.
  var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }

  /// The first field of a frame of a job; nil if there is not enough of it.
  init?(firstOf payload: RawSpan) {
    guard payload.byteCount >= 4 else { return nil }
    self = (0..<4).reduce(0) { $0 | UInt32(payload.unsafeLoad(fromByteOffset: $1, as: UInt8.self)) << (UInt32($1) * 8) }
  }
}
