import Testing

@testable import EvominBridgeProtocol

@Suite("The acknowledgements that may still come")
struct AnswersTests {
  private var answers = EvominAnswers(gap: 10, retry: 100)

  /// Sends a frame, as often as there are times.
  private mutating func attempt(at times: UInt64...) {
    for (index, time) in times.enumerated() { answers.recordAttempt(index + 1, at: time) }
  }

  /// A frame that is answered after this long, so that this is the usual time.
  private mutating func learn(_ nanoseconds: UInt64) {
    attempt(at: 500)
    let next = answers.recordAcknowledged(attempts: 1, at: 500 + nanoseconds)
    #expect(next == 500 + nanoseconds)
  }

  private mutating func acknowledged(_ attempts: Int, at now: UInt64) -> UInt64 {
    answers.recordAcknowledged(attempts: attempts, at: now)
  }

  private mutating func givenUp(_ attempts: Int, at now: UInt64) -> UInt64 {
    answers.recordGivenUp(attempts: attempts, at: now)
  }

  private mutating func late(at now: UInt64, due: UInt64) -> UInt64? { answers.recordLate(at: now, due: due) }

  @Test("none follows a frame that was sent once")
  mutating func once() {
    learn(30)
    let answer = late(at: 540, due: 530)
    #expect(answer == nil && answers.longestLate == nil)
  }

  @Test("the answer to a second copy is waited for as long as the first may have taken, if nothing better is known")
  mutating func unknownTime() {
    attempt(at: 1000, 1100)
    let next = acknowledged(2, at: 1150)
    #expect(next == 1100 + 150 + 10)
    attempt(at: 3000, 3001)
    let soon = acknowledged(2, at: 3001)
    #expect(soon == 3001 + 1 + 10)
  }

  @Test("the answer to a second copy is waited for twice the usual time, and at least the gap")
  mutating func usualTime() {
    learn(30)
    attempt(at: 2000, 2100)
    var next = acknowledged(2, at: 2120)
    #expect(next == 2100 + 2 * 30)
    attempt(at: 3000, 3100)
    next = acknowledged(2, at: 3155)
    #expect(next == 3155 + 10)
  }

  @Test("as many may follow as copies were sent, and the last of them answers the latest copy")
  mutating func lateOnes() {
    learn(30)
    attempt(at: 2000, 2100, 2200)
    let next = acknowledged(3, at: 2210)
    #expect(next == 2260)
    let first = late(at: 2240, due: 2260)
    #expect(first == 2260 && answers.longestLate == 40)
    let second = late(at: 2255, due: 2260)
    #expect(second == 2255 && answers.longestLate == 55)
    let third = late(at: 2256, due: 2260)
    #expect(third == nil && answers.longestLate == 55)
    // 55 is the usual time now.
    attempt(at: 4000, 4100)
    let then = acknowledged(2, at: 4110)
    #expect(then == 4100 + 2 * 55)
  }

  @Test("one that comes as late as the next frame may go is none that came too late")
  mutating func notLate() {
    learn(30)
    attempt(at: 2000, 2100, 2200)
    _ = acknowledged(3, at: 2210)
    let answer = late(at: 2260, due: 2260)
    #expect(answer == 2270 && answers.longestLate == nil)
    let shorter = late(at: 2265, due: 2270)
    #expect(shorter == 2265 && answers.longestLate == 65)
  }

  @Test("the longest late answer is kept")
  mutating func longest() {
    learn(30)
    attempt(at: 2000, 2100)
    _ = acknowledged(2, at: 2110)
    _ = late(at: 2150, due: 2160)
    attempt(at: 3000, 3100)
    _ = acknowledged(2, at: 3110)
    _ = late(at: 3120, due: 3200)
    #expect(answers.longestLate == 50)
  }

  @Test("those of a frame that was given up may come, as late as the first copy of it by then")
  mutating func silent() {
    attempt(at: 1000, 1100, 1200)
    let next = givenUp(3, at: 1300)
    #expect(next == 1300 + 100)
    let first = late(at: 1350, due: 1400)
    #expect(first == 1200 + 350 + 10 && answers.longestLate == 150)
    let second = late(at: 1400, due: 1560)
    #expect(second == 1560, "it follows one that has come")
    let third = late(at: 1420, due: 1560)
    #expect(third == 1420)
    let fourth = late(at: 1430, due: 1560)
    #expect(fourth == nil)
  }

  @Test("after a frame was given up the next waits for its answers twice the usual time")
  mutating func silentUsual() {
    learn(400)
    attempt(at: 2000)
    var next = givenUp(1, at: 2100)
    #expect(next == 2000 + 2 * 400)
    next = givenUp(1, at: 2950)
    #expect(next == 2950 + 100)
  }

  @Test("one that comes for the frame after one that was given up may be for that")
  mutating func afterSilence() {
    attempt(at: 1000, 1100, 1200)
    _ = givenUp(3, at: 1300)
    attempt(at: 1500)
    let next = acknowledged(1, at: 1540)
    #expect(next == 1500 + 540 + 10, "the others take as long as it took since the first copy")
    for number in 1...3 {
      let answer = late(at: 1600 + UInt64(number), due: 2050)
      #expect(answer != nil, "\(number)")
    }
    let fourth = late(at: 1700, due: 2050)
    #expect(fourth == nil)
  }

  @Test("the copies of the frame after one that was given up are counted with it")
  mutating func copiesAfterSilence() {
    attempt(at: 1000)
    _ = givenUp(1, at: 1100)
    attempt(at: 1500, 1600)
    _ = acknowledged(2, at: 1610)
    for number in 1...2 {
      let answer = late(at: 1620, due: 1700)
      #expect(answer != nil, "\(number)")
    }
    let third = late(at: 1620, due: 1700)
    #expect(third == nil)
  }

  @Test("one that comes within twice the usual time and the gap is the frame's own", arguments: [70, 71] as [UInt64])
  mutating func isUsual(taken: UInt64) {
    learn(30)
    attempt(at: 1000)
    _ = givenUp(1, at: 1100)
    attempt(at: 1500)
    let next = acknowledged(1, at: 1500 + taken)
    #expect(next == (taken == 70 ? 1570 + 100 : 1500 + 571 + 10))
  }

  @Test("a frame that was never sent leaves none, and one after another adds to them")
  mutating func counts() {
    let next = givenUp(0, at: 900)
    #expect(next == 900)
    var answer = late(at: 910, due: 920)
    #expect(answer == nil)
    attempt(at: 1000)
    _ = givenUp(1, at: 1100)
    attempt(at: 1300, 1400)
    _ = givenUp(2, at: 1500)
    for _ in 0..<3 {
      answer = late(at: 1510, due: 1600)
      #expect(answer != nil)
    }
    answer = late(at: 1510, due: 1600)
    #expect(answer == nil)
  }

  @Test("the first copy of the next frame ends the wait, and so does a new line")
  mutating func ends() {
    attempt(at: 1000, 1100)
    _ = acknowledged(2, at: 1110)
    attempt(at: 1300)
    var answer = late(at: 1310, due: 1320)
    #expect(answer == nil)
    attempt(at: 2000)
    _ = givenUp(1, at: 2100)
    answers.reset()
    answer = late(at: 2110, due: 2200)
    #expect(answer == nil)
  }

  @Test("a slow answer counts at once, and is forgotten gradually")
  mutating func learning() {
    learn(160)
    learn(20)
    attempt(at: 2000, 2100)
    var next = acknowledged(2, at: 2110)
    #expect(next == 2100 + 2 * 150)
    learn(200)
    attempt(at: 3000, 3100)
    next = acknowledged(2, at: 3110)
    #expect(next == 3100 + 2 * 200)
  }
}
