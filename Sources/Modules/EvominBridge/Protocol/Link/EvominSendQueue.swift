/// Frames that wait to be sent, one after the other, and how far the first of them is. Times are monotonic nanoseconds.
struct EvominSendQueue: Sendable {
  struct Entry {
    let id: EvominSendID
    let frame: EvominFrame
  }

  /// How far the first frame is.
  private enum Progress {
    case notSent
    /// - isRefused: whether the other end refused the last attempt.
    case sent(attempts: Int, isRefused: Bool)
  }

  private let framesMax: Int
  private var ring: [Entry?]
  private var firstIndex = 0
  private(set) var count = 0
  private var nextID: UInt64 = 1
  private var progress = Progress.notSent
  /// When the first frame is to be sent, sent again or given up.
  private(set) var due: UInt64 = 0

  init(framesMax: Int) {
    precondition(framesMax > 0, "a queue without room for a frame sends nothing")
    self.framesMax = framesMax
    ring = Array(repeating: nil, count: framesMax)
  }

  var first: Entry? { count == 0 ? nil : ring[firstIndex] }

  /// How many times the first frame has been sent.
  var attempts: Int {
    if case .sent(let attempts, _) = progress { attempts } else { 0 }
  }

  /// Whether the other end refused the last attempt.
  var isRefused: Bool {
    if case .sent(_, isRefused: true) = progress { true } else { false }
  }

  /// The first frame, if it has been sent and waits for its answer.
  var outstanding: Entry? { attempts == 0 ? nil : first }

  mutating func append(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID {
    guard count < framesMax else { throw .queueFull(framesMax: framesMax) }
    let id = EvominSendID(rawValue: nextID)
    ring[(firstIndex + count) % framesMax] = Entry(id: id, frame: frame)
    if count == 0 { due = max(due, now) }
    count += 1
    nextID += 1
    return id
  }

  /// The first frame goes out.
  mutating func attempt(answerDue: UInt64) {
    progress = .sent(attempts: attempts + 1, isRefused: false)
    due = answerDue
  }

  /// The first frame waits until then.
  mutating func postpone(until time: UInt64) { due = time }

  /// The other end refused the last attempt.
  mutating func refuse() { progress = .sent(attempts: attempts, isRefused: true) }

  /// Makes the next frame the first.
  mutating func removeFirst(nextDue: UInt64) {
    ring[firstIndex] = nil
    firstIndex = (firstIndex + 1) % framesMax
    count -= 1
    progress = .notSent
    due = nextDue
  }
}
