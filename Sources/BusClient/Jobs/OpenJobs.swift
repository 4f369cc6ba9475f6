import BusWire

/// The jobs that this client waits for, and when their commands are sent again.
struct OpenJobs {
  private struct Reference {
    weak var job: OpenJob?
  }

  /// How often the command of a job that nobody has answered is sent again, besides once on each new connection: its
  /// worker may come at any time.
  static let repeatNanoseconds: UInt64 = 1_000_000_000
  /// How many jobs one client may wait for.
  static let jobsMax = 256

  private var references: [Reference] = []
  /// When commands are to be sent again; nil if none is open.
  private(set) var nextRepeat: UInt64?

  /// The jobs that somebody still waits for.
  private var all: [OpenJob] { references.compactMap(\.job).filter { $0.state != .ended } }

  /// What must be listened for to learn of them all.
  var entries: [ListenEntry] {
    var entries: [ListenEntry] = []
    for job in all {
      for type in job.types {
        let entry = ListenEntry(type: type, instance: job.instance, anyInstance: false, values: true, requests: false)
        if !entries.contains(entry) { entries.append(entry) }
      }
    }
    return entries
  }

  /// Whether a frame may belong to one of them.
  func concerns(_ header: FrameHeader) -> Bool {
    !references.isEmpty && all.contains { $0.instance == header.instance && $0.types.contains(header.type) }
  }

  /// Brings the jobs up to date with a frame that has arrived.
  func look(at frame: Frame, _ events: inout ClientEvents) {
    guard !references.isEmpty else { return }
    for job in all {
      do throws(BusError) {
        try job.look(at: frame)
      } catch {
        events.add(.badOutcome(reason: error.message), once: "outcome: \(error.message)")
      }
    }
  }

  /// Adds a job whose command is sent now, and again with those of the others.
  ///
  /// - Throws: `BusError` if too many are open.
  mutating func add(_ job: OpenJob, now: UInt64) throws(BusError) {
    guard all.count < Self.jobsMax else {
      throw BusError(.configuration, "\(Self.jobsMax) jobs are waited for already; let go of some")
    }
    references.append(Reference(job: job))
    if job.state == .asked, nextRepeat == nil { nextRepeat = now + Self.repeatNanoseconds }
  }

  /// Forgets the jobs that have ended or that nobody waits for any more.
  ///
  /// - Returns: whether there were such.
  mutating func removeEnded() -> Bool {
    let count = references.count
    references.removeAll { $0.job == nil || $0.job?.state == .ended }
    if references.isEmpty { nextRepeat = nil }
    return references.count != count
  }

  /// The jobs whose command is to be sent now: all that nobody has answered.
  mutating func toAsk(now: UInt64) -> [OpenJob] {
    let open = all.filter { $0.state == .asked }
    nextRepeat = open.isEmpty ? nil : now + Self.repeatNanoseconds
    return open
  }
}
