import BusClient

/// A job as the tool knows it: its command, and the frames that come of it.
struct Job {
  /// The name of the command.
  let command: String
  let frames: JobFrames
  /// The `request` that all of its frames have.
  let id: UInt32
  let instance: UInt8
  /// Whether the tool was asked to cancel it.
  let isCancelled: Bool

  /// An id for a new job: random, so that no two askers take the same.
  static var newID: UInt32 { .random(in: 1 ... .max) }

  /// Everything that can come of it.
  var subscriptions: [Subscription] {
    ([frames.outcome] + frames.progress + (frames.accepted.map { [$0] } ?? [])).map {
      Subscription(FrameType(id: $0), instance: instance, requests: false)
    }
  }

  /// Whether a frame belongs to it, by its id.
  func has(_ report: FrameReport) -> Bool { RequestField.value(of: report) == .integer(Int128(id)) }

  /// Whether a frame of this type says that the worker knows what it was asked.
  func isAnswer(_ type: UInt16) -> Bool {
    type == frames.outcome || (!isCancelled && (type == frames.accepted || frames.progress.contains(type)))
  }

  /// How the job ended; nil if this is another frame of it.
  func outcome(of report: FrameReport) -> JobOutcome? {
    guard report.frame.header.type == frames.outcome, case .fields(let values, let fields) = report.content else {
      return nil
    }
    guard let index = fields.firstIndex(where: { $0.name == "outcome" }), case .integer(let number) = values[index]
    else {
      return .done
    }
    return JobOutcome(rawValue: UInt8(clamping: number))
  }

  /// What a person can do about a job that goes on without this tool.
  var advice: String {
    "'framebus send \(command) --resume \(id)' waits for it" + (frames.cancel == nil ? "" : ", --cancel \(id) ends it")
  }
}
