import EvominBridgeProtocol
import Testing

@testable import EvominBridgeSimulator

/// What the two libraries really did in the checked cases, the models do too.
@Suite("The models of the two libraries")
struct ModelTests {
  @Test("receive the same frames, answer the same and end in the same state", arguments: LibraryUnderTest.both)
  func decode(_ original: LibraryUnderTest) throws {
    var cases = 0
    for vector in EvominVector.all("decode") {
      let observed = vector.observed?[original.name]
      let isConfirmed = vector.confirmedBy?.contains(original.name) == true
      guard observed != nil || isConfirmed else { continue }
      cases += 1
      for way in Cuts.all(Hex.bytes(try #require(vector.wireHex)), chunks: vector.chunks) {
        var library = original
        let events = way.flatMap { library.firmware.events(receiving: $0) }
        let frames = try #require(observed?.frames ?? vector.expect?.frames).map { try $0.evomin() }
        #expect(events.received == frames, "\(vector)")
        #expect(events.written == Hex.bytes(try #require(observed?.txHex ?? vector.expect?.txHex)), "\(vector)")
        guard let observed else { continue }
        #expect(library.stateName == observed.endState, "\(vector)")
        #expect(library.dropsNext == (observed.staleStuffFlag ?? library.dropsNext), "\(vector)")
      }
    }
    #expect(cases == 16)
  }

  @Test("send as often, at the same times, and with the same outcome", arguments: LibraryUnderTest.both)
  func sessions(_ original: LibraryUnderTest) throws {
    for vector in EvominVector.all("session") {
      let observed = try #require(vector.observed?[original.name])
      var library = original
      let isTaken = library.firmware.send(try #require(vector.send).evomin(), at: 0)
      #expect(isTaken)
      var times = [Double]()
      var isAcknowledged = false
      while let deadline = library.firmware.deadline {
        library.firmware.poll(at: deadline)
        var events = library.firmware.takeEvents()
        times.append(Double(deadline) / 1e9)
        events += library.firmware.events(receiving: Hex.bytes(vector.injectAfterTx?[String(times.count)] ?? ""))
        isAcknowledged = isAcknowledged || events.contains { if case .acknowledged = $0 { true } else { false } }
      }
      #expect(times == observed.atS, "\(vector)")
      #expect(times.count == observed.transmissions, "\(vector)")
      #expect(isAcknowledged == (observed.outcome == "acked"), "\(vector)")
      #expect(library.stateName == observed.endState, "\(vector)")
      #expect((library.exceptions > 0) == (observed.exceptionOutOfPoll != nil), "\(vector)")
    }
  }

  @Test("refuse what does not fit into their queues")
  func queues() {
    var python = PythonFirmware(commands: [])
    #expect((0..<6).map { _ in python.send(EvominFrame(0), at: 0) } == [true, true, true, true, true, false])
    var c = CFirmware()
    #expect((0..<5).map { _ in c.send(EvominFrame(0), at: 0) } == [true, true, true, true, false])
    // One is done with, but its place is not free before all are.
    c.poll(at: 0)
    _ = c.events(receiving: [0xFF])
    c.poll(at: ms(3000))
    let isTaken = c.send(EvominFrame(0), at: ms(3000))
    #expect(!isTaken)
  }

  @Test("hang on a length over 50, or raise exceptions until a known command comes: Python")
  func pythonTraps() throws {
    var python = PythonFirmware(commands: [0x10])
    #expect(
      python.events(receiving: Hex.bytes("aaaaaa7777") + EvominFrame(0x10).encoded).received == [EvominFrame(0x10)])
    #expect(python.exceptions == 5)
    python = PythonFirmware(commands: [0x10])
    let bytes = Hex.bytes("aaaaaa1033") + [UInt8](repeating: 1, count: 51)
    #expect(python.events(receiving: bytes).isEmpty)
    #expect(python.isHung)
    #expect(python.events(receiving: EvominFrame(0x10).encoded).isEmpty)
  }

  @Test("never get a frame through when two of Python's send at the same time")
  func livelock() {
    var left = PythonFirmware(commands: allCommands)
    var right = PythonFirmware(commands: allCommands)
    _ = left.send(EvominFrame(0x10), at: 0)
    _ = right.send(EvominFrame(0x11), at: 0)
    var received = 0
    for second in UInt64(1)...5 {
      left.poll(at: second * ms(1000))
      right.poll(at: second * ms(1000))
      let toRight = left.takeEvents().written
      let toLeft = right.takeEvents().written
      received += left.events(receiving: toLeft).received.count + right.events(receiving: toRight).received.count
    }
    #expect(received == 0)
  }

  @Test("are well again after the long preamble, wherever they were", arguments: LibraryUnderTest.both)
  func longPreamble(_ original: LibraryUnderTest) throws {
    var random = EvominRandom(seed: 11)
    for _ in 0..<3000 {
      var library = original
      let payload = (0..<Int.random(in: 0...49, using: &random)).map { _ -> UInt8 in
        Bool.random(using: &random) ? 0xAA : UInt8.random(in: 0...255, using: &random)
      }
      let broken = try EvominFrame(0x10, payload).encoded
      var prefix = Array(broken.prefix(Int.random(in: 0...broken.count, using: &random)))
      if prefix.count > 5 { prefix[Int.random(in: 5..<prefix.count, using: &random)] ^= 0x10 }
      _ = library.firmware.events(receiving: prefix)
      _ = library.firmware.events(receiving: EvominPreamble.long.encoded)
      let frame = try EvominFrame(0x11, [0xAA, 0xAA, 1])
      #expect(library.firmware.events(receiving: frame.encoded).received == [frame])
    }
  }

  @Test("are well again after the short preamble, if they were between frames", arguments: LibraryUnderTest.both)
  func shortPreamble(_ original: LibraryUnderTest) throws {
    let pair = try EvominFrame(0x10, [0xAA, 0xAA])
    let frame = try EvominFrame(0x11, [1, 2])
    for before in [[], [0x00], [0x55, 0x55], Array(pair.encoded), Array(pair.encoded) + [0x00]] {
      var library = original
      _ = library.firmware.events(receiving: before)
      _ = library.firmware.events(receiving: EvominPreamble.short.encoded)
      #expect(library.firmware.events(receiving: frame.encoded).received == [frame])
    }
    // Without it the C library takes the first byte of the next payload for a stuff byte.
    var c = CFirmware()
    _ = c.events(receiving: pair.encoded)
    #expect(c.events(receiving: frame.encoded).received == [])
  }
}
