import EvominBridgeProtocol
import Testing

@Suite("A link")
struct LinkTests {
  private static let frame = EvominFrame(0x10)
  private static let other = EvominFrame(0x11)
  private static let pair = try? EvominFrame(0x12, [0xAA, 0xAA])

  @Test("brings the other end back to the start when the line opens, once")
  func opens() {
    var link = EvominLink(random: EvominRandom(seed: 1))
    link.open(at: 0)
    link.open(at: 0)
    #expect(link.takeActions() == [.write(EvominPreamble.long.encoded)])
    #expect(EvominPreamble.long.encoded.count == 65)
    #expect(EvominPreamble.short.encoded.count == 12)
  }

  @Test("acknowledges a frame before anything else, and once")
  func acknowledges() throws {
    var link = EvominLink.opened()
    let wire = Array(Self.other.encoded)
    _ = link.actions(receiving: Array(wire.dropLast()), at: ms(1))
    let id = try link.send(Self.frame, at: ms(1))
    #expect(link.takeActions() == [])
    #expect(
      link.actions(receiving: [0x55, 0x55], at: ms(2)) == [
        .write(try EvominWire([0xFF])), .received(Self.other, isDuplicate: false), .write(Self.frame.encoded),
        .sent(id, attempt: 1),
      ])
  }

  @Test("receives while it waits for an acknowledgement")
  func receivesWhileWaiting() throws {
    var link = EvominLink.opened()
    let id = try link.send(Self.frame, at: 0)
    _ = link.takeActions()
    let actions = link.actions(receiving: Array(Self.other.encoded) + [0xFF], at: ms(5))
    #expect(
      actions == [
        .write(try EvominWire([0xFF])), .received(Self.other, isDuplicate: false), .acknowledged(id),
      ])
  }

  @Test("sends one frame at a time, in order")
  func stopAndWait() throws {
    var link = EvominLink.opened()
    let first = try link.send(Self.frame, at: 0)
    let second = try link.send(Self.other, at: 0)
    #expect(link.takeActions() == [.write(Self.frame.encoded), .sent(first, attempt: 1)])
    #expect(
      link.actions(receiving: [0xFF], at: ms(5)) == [
        .acknowledged(first), .write(Self.other.encoded), .sent(second, attempt: 1),
      ])
    #expect(link.actions(receiving: [0xFF], at: ms(6)) == [.acknowledged(second)])
    #expect(link.deadline == nil)
    #expect(link.waitingFrames == 0)
  }

  @Test("does not take a second acknowledgement of one frame for that of the next")
  func doubleAcknowledgement() throws {
    var link = EvominLink.opened()
    let first = try link.send(Self.frame, at: 0)
    let second = try link.send(Self.other, at: 0)
    _ = link.takeActions()
    // Both came in one go.
    #expect(
      link.actions(receiving: [0xFF, 0xFF], at: ms(5)) == [
        .acknowledged(first), .write(Self.other.encoded), .sent(second, attempt: 1),
      ])
    #expect(link.counters.strayAnswers == 1)
    // The second frame is repeated, and both copies are acknowledged one after the other.
    #expect(link.run(until: ms(2000)).contains(.sent(second, attempt: 2)))
    let third = try link.send(Self.frame, at: ms(2000))
    #expect(link.actions(receiving: [0xFF], at: ms(2001)) == [.acknowledged(second)])
    #expect(link.counters.longestLateAnswer == nil)
    // Each copy has been answered, so the next frame need not wait longer.
    #expect(link.actions(receiving: [0xFF], at: ms(2010)).last == .sent(third, attempt: 1))
    #expect(link.counters.strayAnswers == 2)
    #expect(link.counters.longestLateAnswer != nil)
  }

  @Test("waits for a second answer no longer than the other end takes")
  func noSecondAnswer() throws {
    var link = EvominLink.opened()
    _ = try link.send(Self.frame, at: 0)
    _ = link.actions(receiving: [0xFF], at: ms(200))
    let second = try link.send(Self.frame, at: ms(200))
    let third = try link.send(Self.other, at: ms(200))
    var sentAt: UInt64 = 0
    while link.takeActions().last != .sent(second, attempt: 2) {
      sentAt = try #require(link.deadline)
      link.tick(at: sentAt)
    }
    #expect(link.actions(receiving: [0xFF], at: sentAt + ms(150)) == [.acknowledged(second)])
    // Twice the 200 ms that the first answer took.
    #expect(link.deadline == sentAt + ms(400))
    #expect(link.run(until: sentAt + ms(400)).last == .sent(third, attempt: 1))
  }

  @Test("says of no damaged frame that it arrived when a device that stood still answers all it was sent")
  func lateAnswersOfFrameGivenUp() throws {
    for stall in stride(from: 3000, through: 12_000, by: 50) {
      var world = LateDevice(EvominSettings(), answerNanoseconds: ms(2), stallsUntil: ms(UInt64(stall))) {
        number, attempt in number == 5 && attempt == 1 || number >= 8
      }
      try world.send(frames: 12)
      #expect(world.acknowledged.allSatisfy(world.arrived.contains), "stood still for \(stall) ms")
      #expect(world.givenUp.count >= 4 && world.acknowledged.count >= 4)
    }
  }

  @Test(
    "says of no damaged frame that it arrived when each answer takes longer than the time to the next attempt",
    arguments: [(520, 0), (700, 0), (1100, 0), (1700, 1), (2300, 1)])
  func lateAnswersOfEachFrame(milliseconds: Int, falseMax: Int) throws {
    var settings = EvominSettings(peer: .python)
    settings.retryNanoseconds = ms(400)
    for seed in 0..<100 {
      var random = EvominRandom(seed: UInt64(seed))
      var world = LateDevice(settings, seed: UInt64(seed), answerNanoseconds: ms(UInt64(milliseconds))) { number, _ in
        number % 14 == 9 || Int.random(in: 0..<14, using: &random) == 0
      }
      try world.send(frames: 60)
      // What takes longer than all attempts is taken for the answer to the next frame, until that is noticed.
      #expect(world.acknowledged.count { !world.arrived.contains($0) } <= falseMax, "seed \(seed)")
      #expect(world.acknowledged.count + world.givenUp.count == 60)
      #expect(world.link.counters.longestLateAnswer.map { ms(400)...ms(2400) ~= $0 } == true)
    }
  }

  @Test(
    "notices a device that is later than all attempts on a line without a pause, also when it began with noise",
    arguments: [(20, 41), (20, 30), (30, 95)])
  func alwaysLater(retry: Int, spacing: Int) throws {
    var settings = EvominSettings(peer: .framebus)
    settings.retryNanoseconds = ms(UInt64(retry))
    for seed in 0..<100 {
      var world = LateDevice(
        settings, seed: UInt64(seed), answerNanoseconds: ms(80), spacing: ms(UInt64(spacing))
      ) { _, _ in false }
      world.sendNoise(EvominPreamble.long.encoded)
      var wasNoticed = false
      try world.send(frames: 60) { world in
        // Long before the line has a pause.
        if world.link.waitingFrames + world.unsentFrames > 20, world.link.counters.longestLateAnswer != nil {
          wasNoticed = true
        }
      }
      #expect(wasNoticed, "seed \(seed)")
      #expect(world.acknowledged.count + world.givenUp.count == 60)
    }
  }

  @Test("repeats a frame behind a preamble, and gives it up after three attempts")
  func retries() throws {
    var link = EvominLink.opened()
    let id = try link.send(Self.frame, at: 0)
    let actions = link.run(until: ms(10_000))
    let frame = Self.frame.encoded
    #expect(
      actions == [
        .write(frame), .sent(id, attempt: 1),
        .write(try EvominWire(Array(EvominPreamble.short.encoded) + frame)), .sent(id, attempt: 2),
        .write(try EvominWire(Array(EvominPreamble.long.encoded) + frame)), .sent(id, attempt: 3),
        .gaveUp(id, .noAnswer),
      ])
    #expect(link.counters.transmissions == 3)
    #expect(link.counters.retries == 2)
    #expect(link.counters.givenUp == 1)
  }

  @Test("counts each thing that happens once")
  func counts() throws {
    var link = EvominLink.opened()
    for round in 0..<3 as Range<UInt64> {
      _ = try link.send(Self.frame, at: ms(10 * round))
      _ = link.takeActions()
      if round == 1 { _ = link.actions(receiving: [0xFE], at: ms(10 * round + 1)) }
      _ = link.actions(receiving: [0xFF], at: ms(10 * round + 5))
    }
    _ = link.actions(receiving: Array(Self.other.encoded), at: ms(1000))
    _ = link.actions(receiving: Array(Self.other.encoded), at: ms(1500))
    _ = link.actions(receiving: [0xFF], at: ms(2000))
    let counters = link.counters
    #expect(counters.transmissions == 3 && counters.retries == 0 && counters.acknowledged == 3)
    #expect(counters.refusals == 1 && counters.givenUp == 0 && counters.strayAnswers == 1)
    #expect(counters.duplicates == 1 && counters.line.frames == 2 && counters.longestLateAnswer == nil)
  }

  @Test("waits for each answer for a second and up to half of one, not the same time each time")
  func jitter() throws {
    var waits = Set<UInt64>()
    for seed in 0..<50 {
      var link = EvominLink.opened(seed: UInt64(seed))
      _ = try link.send(Self.frame, at: ms(7))
      let wait = try #require(link.deadline) - ms(7)
      #expect(ms(1000)...ms(1500) ~= wait)
      waits.insert(wait)
    }
    #expect(waits.count > 45)
  }

  @Test("adds the time that a frame takes on a slow line")
  func slowLine() throws {
    var settings = EvominSettings()
    settings.setTimes(baud: 1200)
    #expect(settings.gapNanoseconds > ms(66))
    var link = EvominLink.opened(settings)
    _ = try link.send(EvominFrame(0x10, [UInt8](repeating: 0, count: 41)), at: 0)
    #expect(try #require(link.deadline) >= ms(1400))
    settings.setTimes(baud: 115_200)
    #expect(settings.gapNanoseconds == ms(20))
  }

  @Test("counts an acknowledgement to the last attempt")
  func lastAttempt() throws {
    var link = EvominLink.opened()
    let id = try link.send(Self.frame, at: 0)
    var actions = [EvominAction]()
    while actions.last != .sent(id, attempt: 3) {
      link.tick(at: try #require(link.deadline))
      actions += link.takeActions()
    }
    #expect(link.actions(receiving: [0xFF], at: try #require(link.deadline) - 1) == [.acknowledged(id)])
  }

  @Test("says that a frame was refused if that was the last answer, and repeats it at its time")
  func refused() throws {
    var link = EvominLink.opened()
    let id = try link.send(Self.frame, at: 0)
    var actions = link.takeActions()
    while let deadline = link.deadline {
      #expect(link.actions(receiving: [0xFE], at: deadline - ms(900)) == [])
      actions += link.run(until: deadline)
    }
    #expect(actions.last == .gaveUp(id, .refused))
    #expect(link.counters.refusals == 3)
  }

  @Test("takes an answer for noise while nothing is outstanding")
  func strayAnswer() throws {
    var link = EvominLink.opened()
    #expect(link.actions(receiving: [0xFF], at: 0) == [])
    #expect(link.counters.strayAnswers == 1)
    let id = try link.send(Self.frame, at: ms(1))
    #expect(link.run(until: ms(900)) == [.write(Self.frame.encoded), .sent(id, attempt: 1)])
  }

  @Test("never starts while a frame is arriving, and not much later than it ends")
  func busy() throws {
    var link = EvominLink.opened()
    _ = link.actions(receiving: Array(Self.other.encoded.prefix(4)), at: ms(10))
    let id = try link.send(Self.frame, at: ms(11))
    #expect(link.takeActions() == [])
    #expect(link.run(until: ms(109)) == [])
    #expect(link.run(until: ms(1000)) == [.write(Self.frame.encoded), .sent(id, attempt: 1)])
  }

  @Test("gives a frame up if something is always arriving")
  func alwaysBusy() throws {
    var link = EvominLink.opened()
    _ = link.actions(receiving: [0xAA], at: ms(10))
    let id = try link.send(Self.frame, at: ms(10))
    var actions = [EvominAction]()
    for step in 1...100 { actions += link.actions(receiving: [0xAA], at: ms(10 + UInt64(step) * 50)) }
    #expect(actions == [.gaveUp(id, .lineBusy)])
  }

  @Test("sends a preamble behind a payload that ends in a pair, to who needs it", arguments: EvominPeer.allCases)
  func afterPair(_ peer: EvominPeer) throws {
    var link = EvominLink.opened(EvominSettings(peer: peer))
    _ = try link.send(#require(Self.pair), at: 0)
    let id = try link.send(Self.frame, at: 0)
    _ = link.takeActions()
    let next = link.actions(receiving: [0xFF], at: ms(1))
    let preamble = peer == .c || peer == .any ? Array(EvominPreamble.short.encoded) : []
    #expect(next.dropFirst() == [.write(try EvominWire(preamble + Self.frame.encoded)), .sent(id, attempt: 1)])
    // Once is enough.
    _ = try link.send(Self.other, at: ms(1))
    #expect(link.actions(receiving: [0xFF], at: ms(2)).written == Array(Self.other.encoded))
  }

  @Test("marks what comes again within 4.5 s as a duplicate", arguments: [false, true])
  func duplicates(drops: Bool) throws {
    var settings = EvominSettings()
    settings.dropsDuplicates = drops
    var link = EvominLink.opened(settings)
    let wire = Array(Self.frame.encoded)
    func received(_ isDuplicate: Bool) throws -> [EvominAction] {
      let answer = EvominAction.write(try EvominWire([0xFF]))
      return isDuplicate && drops ? [answer] : [answer, .received(Self.frame, isDuplicate: isDuplicate)]
    }
    #expect(try link.actions(receiving: wire, at: ms(0)) == received(false))
    _ = link.actions(receiving: Array(Self.other.encoded), at: ms(1000))
    #expect(try link.actions(receiving: wire, at: ms(3000)) == received(true))
    #expect(try link.actions(receiving: wire, at: ms(7500)) == received(true))
    #expect(try link.actions(receiving: wire, at: ms(12_001)) == received(false))
    #expect(link.counters.duplicates == 2)
  }

  @Test("remembers the last sixteen frames for that, not more")
  func recentFrames() throws {
    var link = EvominLink.opened()
    for command in 0..<17 {
      _ = link.actions(receiving: Array(EvominFrame(EvominCommand(rawValue: UInt8(command))).encoded), at: ms(100))
    }
    let first = link.actions(receiving: Array(EvominFrame(0).encoded), at: ms(101))
    let last = link.actions(receiving: Array(EvominFrame(16).encoded), at: ms(101))
    #expect(first.last == .received(EvominFrame(0), isDuplicate: false))
    #expect(last.last == .received(EvominFrame(16), isDuplicate: true))
  }

  @Test("refuses a payload that the other end cannot receive", arguments: EvominPeer.allCases)
  func tooLong(_ peer: EvominPeer) throws {
    var link = EvominLink.opened(EvominSettings(peer: peer))
    let longest = try EvominFrame(0x10, [UInt8](repeating: 1, count: 50))
    if peer == .python || peer == .framebus {
      _ = try link.send(longest, at: 0)
    } else {
      #expect(throws: EvominError.tooLong(bytes: 50, bytesMax: 49)) { try link.send(longest, at: 0) }
      #expect(link.waitingFrames == 0)
    }
  }

  @Test("refuses a frame when the queue is full, and takes the next when there is room")
  func queueFull() throws {
    var settings = EvominSettings()
    settings.queueFramesMax = 2
    var link = EvominLink.opened(settings)
    _ = try link.send(Self.frame, at: 0)
    _ = try link.send(Self.frame, at: 0)
    #expect(throws: EvominError.queueFull(framesMax: 2)) { try link.send(Self.frame, at: 0) }
    _ = link.actions(receiving: [0xFF], at: ms(1))
    _ = try link.send(Self.frame, at: ms(1))
    #expect(link.waitingFrames == 2)
  }

  @Test("gives up all that waits when the line is lost, and starts anew when it is back")
  func lineLost() throws {
    var link = EvominLink.opened()
    let first = try link.send(Self.frame, at: 0)
    let second = try link.send(Self.other, at: 0)
    _ = link.takeActions()
    _ = link.actions(receiving: [0xAA, 0xAA], at: ms(1))
    link.close(at: ms(2))
    #expect(link.takeActions() == [.gaveUp(first, .lineLost), .gaveUp(second, .lineLost)])
    #expect(link.deadline == nil)
    #expect(throws: EvominError.closed) { try link.send(Self.frame, at: ms(3)) }
    #expect(link.actions(receiving: Array(Self.frame.encoded), at: ms(3)) == [])
    link.open(at: ms(4))
    #expect(link.takeActions() == [.write(EvominPreamble.long.encoded)])
    let third = try link.send(Self.frame, at: ms(5))
    #expect(link.takeActions() == [.write(Self.frame.encoded), .sent(third, attempt: 1)])
    #expect(third > second)
  }

  @Test("gets every frame through between two of its kind, whatever happens to a few bytes of the line")
  func bothEnds() throws {
    var world = LinkPair(seed: 3, errorsPerMillion: 5000)
    for index in 0..<200 {
      try world.send(EvominFrame(0x20, [UInt8(index), 0xAA, 0xAA, 0xFF]), fromLeft: true)
      try world.send(EvominFrame(0x21, [UInt8(index), 0xFF, 0xFE]), fromLeft: false)
      world.run(milliseconds: 5000)
    }
    #expect(world.left.acknowledged + world.left.givenUp == 200)
    #expect(world.right.acknowledged + world.right.givenUp == 200)
    #expect(world.left.givenUp + world.right.givenUp <= 2)
    #expect(world.left.fresh >= world.right.acknowledged && world.right.fresh >= world.left.acknowledged)
    #expect(world.damagedBytes > 20)
  }
}
