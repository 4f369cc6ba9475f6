import BusWire

/// What a client listens for: what its module asked for, and what a question and jobs under way need besides.
struct Interests {
  private var subscriptions: [Subscription] = [] { didSet { last = nil } }
  private var question: Question? { didSet { last = nil } }
  private var jobs = OpenJobs() { didSet { last = nil } }
  /// What decides about a frame, of the last one that only the module wanted: most frames are like the one before.
  private var last: Kind?

  private struct Kind: Equatable {
    let type: UInt16
    let flags: FrameFlags
    let instance: UInt8

    init(_ header: FrameHeader) {
      type = header.type
      flags = header.flags
      instance = header.instance
    }
  }

  /// The listen set as the manager gets it.
  var entries: [ListenEntry] {
    var entries = subscriptions.map(\.entry)
    if let question, !entries.contains(question.entry) { entries.append(question.entry) }
    for entry in jobs.entries where !entries.contains(entry) { entries.append(entry) }
    return entries
  }

  /// Whether the module gets a frame and nobody else waits for it, for it is of the same kind as one before.
  @inline(__always)
  func isLikeLast(_ header: FrameHeader) -> Bool { last == Kind(header) }

  /// Whether the module gets a frame. Those of the same kind that follow are `isLikeLast`.
  mutating func decide(on header: FrameHeader) -> Bool {
    guard accepts(header) else { return false }
    if header.type < FrameType.firstBusID, !concerns(header) { last = Kind(header) }
    return true
  }

  /// Whether the module listens for a frame.
  func accepts(_ header: FrameHeader) -> Bool {
    subscriptions.contains { $0.accepts(header) }
  }

  /// Whether the module listens for values of a type.
  func accepts(_ type: FrameType) -> Bool {
    subscriptions.contains { $0.accepts(FrameHeader(size: 0, type: type.id, instance: $0.instance ?? 0)) }
  }

  /// Listens for exactly this.
  ///
  /// - Returns: the types that are not listened for any more.
  mutating func replace(with subscriptions: [Subscription]) -> [FrameType] {
    let left = self.subscriptions.map(\.type).filter { type in !subscriptions.contains { $0.type == type } }
    self.subscriptions = subscriptions
    return subscriptions.contains { $0.type == .all } ? [] : left
  }

  // MARK: A question

  /// Waits for the answer to a request that is sent next.
  mutating func begin(_ question: Question) { self.question = question }

  /// Whether the module itself listens for the answer.
  func accepts(_ question: Question) -> Bool {
    accepts(FrameHeader(size: 0, type: question.type, instance: question.instance))
  }

  /// Under which number the request was sent, by which the manager says that nobody listens.
  mutating func questionSent(as sequence: UInt32) { question?.sent(as: sequence) }

  /// Whether the answer is still waited for.
  var isQuestionOpen: Bool { question?.isOpen ?? false }

  mutating func endQuestion() -> Question? {
    defer { question = nil }
    return question
  }

  /// - Returns: whether it is the question's request that nobody listens for.
  mutating func recordUnheard(_ noListener: NoListener) -> Bool {
    question?.recordUnheard(noListener) ?? false
  }

  // MARK: Jobs

  /// When commands of jobs are to be sent again; nil if none is.
  var nextRepeat: UInt64? { jobs.nextRepeat }

  /// - Throws: `BusError` if too many are open.
  mutating func add(_ job: OpenJob, at now: UInt64) throws(BusError) { try jobs.add(job, now: now) }

  /// The jobs whose command is to be sent now.
  mutating func jobsToAsk(at now: UInt64) -> [OpenJob] { jobs.toAsk(now: now) }

  /// - Returns: whether the listen set has changed.
  mutating func removeEndedJobs() -> Bool { jobs.removeEnded() }

  // MARK: What arrives

  /// Whether a question or a job waits for a frame.
  func concerns(_ header: FrameHeader) -> Bool {
    question?.isAnswer(header) == true || jobs.concerns(header)
  }

  /// Brings the question and the jobs up to date with a frame that has arrived.
  mutating func look(at frame: Frame, _ events: inout ClientEvents) {
    question?.look(at: frame)
    jobs.look(at: frame, &events)
  }
}

/// A request whose answer is waited for.
struct Question {
  private enum Phase {
    case asking
    case asked(sequence: UInt32)
    case answered(Frame)
    case unheard
  }

  let type: UInt16
  let instance: UInt8
  private var phase = Phase.asking

  init(type: UInt16, instance: UInt8) {
    self.type = type
    self.instance = instance
  }

  /// What must be listened for to receive the answer.
  var entry: ListenEntry {
    ListenEntry(type: type, instance: instance, anyInstance: false, values: true, requests: false)
  }

  var isOpen: Bool {
    switch phase {
    case .asking, .asked: true
    case .answered, .unheard: false
    }
  }

  var isUnheard: Bool {
    if case .unheard = phase { true } else { false }
  }

  /// The answer, if it has come.
  var answer: Frame? {
    if case .answered(let frame) = phase { frame } else { nil }
  }

  mutating func sent(as sequence: UInt32) {
    if case .asking = phase { phase = .asked(sequence: sequence) }
  }

  /// Whether a frame is a live value of the type.
  func isAnswer(_ header: FrameHeader) -> Bool {
    isOpen && header.type == type && header.instance == instance
      && header.flags.isDisjoint(with: [.request, .retained])
  }

  mutating func look(at frame: Frame) {
    if isAnswer(frame.header) { phase = .answered(frame) }
  }

  /// - Returns: whether it is this request that nobody listens for.
  mutating func recordUnheard(_ noListener: NoListener) -> Bool {
    guard case .asked(noListener.sequence) = phase, type == noListener.type else { return false }
    phase = .unheard
    return true
  }
}
