import EvominBridgeProtocol
import Testing

@Suite("A receiver")
struct ReceiverTests {
  private static func frame(_ command: EvominCommand = 0x10, _ payload: [UInt8] = [1, 2, 3]) throws -> EvominFrame {
    try EvominFrame(command, payload)
  }

  @Test(
    "finds a frame behind anything that is none",
    arguments: [
      "aa", "aaaa", "aaaaaa", "aaaaaaaa", "aaaaaa10", "aaaaaa1005", "aaaaaa10050102", "55", "00", "ff", "aaaaaa1033",
      "aa55",
      "aaaaaa1003010203", "aaaaaa10030102030055", "aaaaaa1008aaaa", "aaaaaa0000", "aaaaaa000000",
    ])
  func resynchronizes(_ noise: String) throws {
    let frame = try Self.frame()
    for way in Cuts.all(Hex.bytes(noise) + frame.encoded) {
      var receiver = EvominReceiver()
      let found = way.flatMap { receiver.found(in: $0) } + receiver.foundAtEnd()
      #expect(found.frames == [frame])
      #expect(!receiver.isReceiving)
      #expect(receiver.counters.frames == 1)
    }
  }

  @Test("takes three AA where a stuff byte is due for a new frame at once")
  func startInsteadOfStuff() throws {
    let frame = try Self.frame()
    var receiver = EvominReceiver()
    // 40 bytes are announced, two have come.
    #expect(receiver.found(in: Hex.bytes("aaaaaa1028")).isEmpty)
    #expect(receiver.found(in: frame.encoded) == [.frame(frame)])
    #expect(receiver.counters.timeouts == 0)
    #expect(receiver.counters.bytesSkipped == 5)
  }

  @Test("gives up a length over its limit at once")
  func tooLong() throws {
    var receiver = EvominReceiver(payloadBytesMax: 10)
    _ = receiver.found(in: Hex.bytes("aaaaaa100a"))
    #expect(receiver.isReceiving)
    receiver.reset()
    _ = receiver.found(in: Hex.bytes("aaaaaa100b"))
    #expect(!receiver.isReceiving)
    #expect(receiver.counters.bytesSkipped == 5)
  }

  @Test("delivers only after the end byte")
  func delivers() throws {
    let frame = try Self.frame()
    var receiver = EvominReceiver()
    #expect(receiver.found(in: frame.encoded.dropLast()).isEmpty)
    #expect(receiver.isReceiving)
    #expect(receiver.found(in: [0x55]) == [.frame(frame)])
  }

  @Test("lets silence end a length that is made up, so that it does not hold a frame back")
  func timeout() throws {
    // A stray AA makes the command a length, which the frame does not fill.
    let frame = try Self.frame(0x30)
    var receiver = EvominReceiver(gapNanoseconds: ms(20))
    #expect(receiver.found(in: [0xAA] + frame.encoded, at: ms(1000)).isEmpty)
    #expect(receiver.deadline == ms(1020))
    #expect(receiver.expire(at: ms(1019)) == false)
    #expect(receiver.takeReceived() == [])
    #expect(receiver.expire(at: ms(1020)) == true)
    #expect(receiver.takeReceived() == [.frame(frame)])
    #expect(receiver.counters.timeouts == 1)
    #expect(receiver.counters.bytesSkipped == 1)
  }

  @Test("gives what is behind a start that was given up as long again")
  func timeoutOfOne() throws {
    var receiver = EvominReceiver(gapNanoseconds: ms(20))
    // A stray AA makes the command a length of 16; the frame itself is whole but for its end.
    let frame = try Self.frame(0x10, [1, 2])
    #expect(receiver.found(in: [0xAA] + frame.encoded.dropLast(), at: ms(100)).isEmpty)
    #expect(receiver.expire(at: ms(120)) == true)
    #expect(receiver.takeReceived().isEmpty)
    #expect(receiver.deadline == ms(140))
    #expect(receiver.found(in: [0x55], at: ms(139)) == [.frame(frame)])
  }

  @Test("ends a stalled frame by itself when the next byte comes late")
  func lateByte() throws {
    let frame = try Self.frame()
    var receiver = EvominReceiver(gapNanoseconds: ms(20))
    _ = receiver.found(in: Hex.bytes("aaaaaa1004"), at: ms(100))
    #expect(receiver.found(in: frame.encoded, at: ms(200)) == [.frame(frame)])
    #expect(receiver.counters.timeouts == 1)
  }

  @Test("waits at least 20 ms for the rest of a frame")
  func shortestGap() {
    var receiver = EvominReceiver(gapNanoseconds: 1)
    _ = receiver.found(in: [0xAA], at: ms(5))
    #expect(receiver.deadline == ms(25))
  }

  @Test("takes FF and FE for answers outside of a frame only")
  func answers() throws {
    var receiver = EvominReceiver()
    #expect(receiver.found(in: [0xFF]) == [.acknowledgement])
    #expect(receiver.found(in: [0xFE]) == [.refusal])
    let frame = try Self.frame(0xFF, [0xFF, 0xFE, 0xFF])
    #expect(receiver.found(in: frame.encoded) == [.frame(frame)])
    #expect(receiver.found(in: [0xFF]) == [.acknowledgement])
    // A second end byte is noise, and so is one stray byte.
    #expect(receiver.found(in: Array(frame.encoded) + [0x55, 0xFF]) == [.frame(frame), .acknowledgement])
    #expect(receiver.found(in: Array(frame.encoded) + [0xAA, 0xFF]) == [.frame(frame), .acknowledgement])
  }

  @Test("takes no FF from inside of a damaged frame for an answer", arguments: 0..<10)
  func noAnswer(damaged: Int) throws {
    let frame = try Self.frame(0x21, [0xFF, 0xFE, 0xFF])
    var bytes = Array(frame.encoded)
    bytes[damaged % bytes.count] ^= 0x04
    var receiver = EvominReceiver()
    #expect(receiver.found(in: bytes, at: ms(1000)) + receiver.foundAtEnd() == [])
    var missing = Array(frame.encoded)
    missing.remove(at: damaged % missing.count)
    receiver = EvominReceiver()
    #expect(receiver.found(in: missing, at: ms(1000)) + receiver.foundAtEnd() == [])
    // Once the line has been silent, it is an answer again.
    #expect(receiver.found(in: [0xFF], at: ms(2000)) == [.acknowledgement])
  }

  @Test("believes answers behind noise again once nothing but answers came, each by itself, for as long as a silence")
  func answersByThemselves() {
    var receiver = EvominReceiver()
    _ = receiver.found(in: [1, 2, 3], at: ms(1000))
    #expect([1040, 1080].flatMap { receiver.found(in: [0xFF], at: ms($0)) } == [])
    #expect([1120, 1160].flatMap { receiver.found(in: [0xFF], at: ms($0)) } == [.acknowledgement, .acknowledgement])
    #expect(receiver.counters.bytesSkipped == 5)
    // Those of a damaged frame on a slow line come close to each other.
    _ = receiver.found(in: [1, 2, 3], at: ms(2000))
    #expect(stride(from: 2005, to: 2400, by: 5).flatMap { receiver.found(in: [0xFF], at: ms(UInt64($0))) } == [])
    // And what is noise in between counts anew.
    #expect(receiver.found(in: [0xFF], at: ms(2450)) == [])
    _ = receiver.found(in: [4, 5], at: ms(2490))
    #expect([2530, 2570].flatMap { receiver.found(in: [0xFF], at: ms($0)) } == [])
    #expect(receiver.found(in: [0xFF], at: ms(2610)) == [.acknowledgement])
  }

  @Test("finds an intact frame although what came before it passed for one together with its start")
  func overlap() throws {
    // The start of a frame that is cut off makes up the rest of it: a pair, the checksum AA, and the command 55.
    let swallowing = try (0...255).lazy.map { try EvominFrame(0x4C, [UInt8($0), 0xAA, 0xAA]) }
      .first { $0.checksum == 0xAA }
    let cut = try #require(swallowing).encoded.prefix(6)
    let frame = try EvominFrame(0x55, [1, 2, 3])
    for way in Cuts.all(Array(cut) + frame.encoded + frame.encoded) {
      var receiver = EvominReceiver()
      #expect(way.flatMap { receiver.found(in: $0) }.frames == [try #require(swallowing), frame, frame])
      #expect(receiver.counters.bytesSkipped == 0)
    }
  }

  @Test("finds nothing more in a frame with the command AA, and lets the next answer and our frames wait for nothing")
  func commandAA() throws {
    // Behind its own start there is what looks like another one, of 16 bytes.
    let frame = try EvominFrame(0xAA, [16, 1, 2])
    var receiver = EvominReceiver()
    #expect(receiver.found(in: frame.encoded, at: ms(100)) == [.frame(frame)])
    #expect(!receiver.isReceiving)
    #expect(receiver.found(in: frame.encoded, at: ms(101)) == [.frame(frame)])
    #expect(receiver.found(in: [0xFF], at: ms(102)) + receiver.foundAtEnd() == [.acknowledgement])
    #expect(receiver.counters.frames == 2)
    #expect(receiver.counters.bytesSkipped == 0 && receiver.counters.timeouts == 0)
    #expect(receiver.counters.checksumErrors == 0)
  }

  @Test("takes the preamble for no frame", arguments: [EvominPreamble.short, .long])
  func preamble(_ preamble: EvominPreamble) throws {
    let frame = try Self.frame()
    var receiver = EvominReceiver()
    let bytes = Array(preamble.encoded) + frame.encoded + preamble.encoded + preamble.encoded + frame.encoded
    #expect(receiver.found(in: bytes) == [.frame(frame), .frame(frame)])
  }

  @Test("counts what it saw")
  func counters() throws {
    var receiver = EvominReceiver()
    var bad = Array(try Self.frame().encoded)
    bad[6] ^= 1
    _ = receiver.found(in: bad)
    #expect(receiver.counters.checksumErrors == 1)
    #expect(receiver.counters.bytesSkipped == 10)
    #expect(receiver.counters.frames == 0)
  }

  @Test("keeps no more than one frame can be long")
  func bounded() {
    var receiver = EvominReceiver()
    var random = EvominRandom(seed: 7)
    for _ in 0..<50_000 {
      // Mostly what frames are made of.
      let byte: UInt8 =
        [0xAA, 0xAA, 0xAA, 0x55, 0, 50, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(
          using: &random) ?? 0
      _ = receiver.found(in: [byte])
    }
    #expect(receiver.counters.bytesSkipped > 10_000)
    #expect(receiver.counters.bytesSkipped < 50_000)
  }
}
