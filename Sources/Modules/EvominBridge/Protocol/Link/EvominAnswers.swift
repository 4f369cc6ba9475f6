/// Which acknowledgements may still come for frames that are settled already, and how long they take.
///
/// An acknowledgement has no number: one that comes late looks like that of the next frame. So the next frame waits until
/// those of earlier transmissions have come or can no longer be expected. Times are monotonic nanoseconds.
struct EvominAnswers: Sendable {
  private enum State {
    /// Whatever comes next answers the frame that is sent next.
    case settled
    /// This many answers to earlier transmissions may follow the one that came.
    case mayFollow(Int)
    /// A frame first sent then was given up, and nothing has been answered since; this many answers may come.
    case silent(Int, since: UInt64)
  }

  private let gap: UInt64
  private let retry: UInt64
  private var state = State.settled
  /// When the first and the latest copy of the frame under way, or of the last one, had left.
  private var firstSent: UInt64 = 0
  private var lastSent: UInt64 = 0
  /// The longest time that an answer took lately, of those that leave no doubt what they answer.
  private var usual: UInt64?
  /// The longest time that an answer took which came after the next attempt.
  private(set) var longestLate: UInt64?

  /// - Parameters:
  ///   - gap: silence this long ends answers that come one after the other.
  ///   - retry: the time to the next attempt.
  init(gap: UInt64, retry: UInt64) {
    self.gap = gap
    self.retry = retry
  }

  /// Records an attempt.
  ///
  /// - Parameter time: when its last byte leaves.
  mutating func recordAttempt(_ attempt: Int, at time: UInt64) {
    lastSent = time
    guard attempt == 1 else { return }
    firstSent = time
    if case .mayFollow = state { state = .settled }
  }

  /// Records that the frame under way was acknowledged.
  ///
  /// - Returns: when the next one may be sent.
  mutating func recordAcknowledged(attempts: Int, at now: UInt64) -> UInt64 {
    let taken = time(since: lastSent, now)
    // Unless it is known better, the first copy was answered now, and the answer to the latest takes as long.
    let copiesEnd = usual.map { lastSent &+ 2 * $0 } ?? end(ifTaking: time(since: firstSent, now))
    if case .silent(let count, let since) = state {
      state = .mayFollow(count + attempts - 1)
      // It answers this frame, as it seems; or the one given up, and then the others take as long.
      let isUsual = usual.map { taken <= 2 * $0 + gap } ?? false
      return max(now &+ max(gap, retry), copiesEnd, isUsual ? now : end(ifTaking: time(since: since, now)))
    }
    guard attempts > 1 else {
      learn(taken)
      return now
    }
    state = .mayFollow(attempts - 1)
    return max(now &+ gap, copiesEnd)
  }

  /// Records that the frame under way was given up.
  ///
  /// - Returns: when the next one may be sent.
  mutating func recordGivenUp(attempts: Int, at now: UInt64) -> UInt64 {
    guard attempts > 0 else { return now }
    state = .silent(openCount + attempts, since: firstSent)
    return max(now &+ retry, usual.map { lastSent &+ 2 * $0 } ?? 0)
  }

  /// Records an acknowledgement that came while no frame was under way.
  ///
  /// - Parameter due: when the next frame may be sent.
  /// - Returns: when it may be sent now; nil if the acknowledgement answers nothing.
  mutating func recordLate(at now: UInt64, due: UInt64) -> UInt64? {
    let count = openCount - 1
    guard count >= 0 else { return nil }
    let taken = time(since: lastSent, now)
    if now < due { longestLate = max(longestLate ?? 0, taken) }
    guard count > 0 else {
      // All have come, so this one answers the latest copy.
      state = .settled
      learn(taken)
      return now
    }
    var end = max(due, now &+ gap)
    if case .silent(_, let since) = state { end = max(end, self.end(ifTaking: time(since: since, now))) }
    state = .mayFollow(count)
    return end
  }

  /// The line is new: nothing is expected from it.
  mutating func reset() { state = .settled }

  /// Slow answers count at once, and are forgotten gradually.
  private mutating func learn(_ nanoseconds: UInt64) { usual = max(nanoseconds, (usual ?? 0) / 16 * 15) }

  private var openCount: Int {
    switch state {
    case .settled: 0
    case .mayFollow(let count), .silent(let count, _): count
    }
  }

  /// When the last answer has come if each takes this long.
  private func end(ifTaking nanoseconds: UInt64) -> UInt64 { lastSent &+ nanoseconds &+ gap }

  private func time(since start: UInt64, _ now: UInt64) -> UInt64 { now - min(now, start) }
}
