import CandyDispenserProtocol
import TestSupport
import Testing

@Suite("CandyCom messages")
struct MessageTests {
  /// Direction, bytes: every message that either firmware or either host knows.
  private static let table: [(CandyMessage, String, isCommand: Bool)] = [
    (.establish, "~ES", true), (.established, "@es", false),
    (.keepAlive, "~RS", true), (.alive, "@rs", false),
    (.dispense, "~ID", true), (.dispensed, "@iD", false),
    (.taken, "$FD", false), (.takenNoted, "@fd", false),
    (.disconnect, "~FL", true), (.disconnected, "@fl", false),
    (.jam, "%JP", false), (.jamNoted, "@jp", false),
    (.reset, "~QD", true), (.resetDone, "@qD", false),
    (.marchTaken, "%IR", false), (.marchTakenNoted, "@ir", false),
    (.marchDispensed, "%MC", false), (.marchDispensedNoted, "@mc", false),
  ]

  @Test("are three bytes each, upper and lower case as the firmware has them")
  func table() {
    #expect(Set(Self.table.map(\.0)) == Set(CandyMessage.allCases))
    for (message, text, isCommand) in Self.table {
      #expect(message.bytes == Array(text.utf8))
      #expect(message.bytes.count == CandyMessage.byteCount)
      #expect(message.isCommand == isCommand)
    }
    #expect(CandyPacket.probe.bytes == Array("correct port".utf8))
    #expect(CandyPacket.padding.bytes.count == 1)
  }

  private static func scan(_ bytes: [UInt8]) -> (packets: [CandyPacket], skipped: UInt64) {
    var scanner = CandyScanner()
    let packets = bytes.compactMap { scanner.take($0) }
    scanner.reset()
    return (packets, scanner.takeSkippedBytes())
  }

  @Test("are found one behind the other, each of them", arguments: CandyMessage.allCases)
  func found(message: CandyMessage) {
    let (packets, skipped) = Self.scan(message.bytes + CandyPacket.probe.bytes + message.bytes)
    #expect(packets == [.message(message), .probe, .message(message)])
    #expect(skipped == 0)
  }

  @Test(
    "are found behind stray bytes, which cost only themselves (B4)",
    arguments: ["x", "~", "@", "~E", "@i", "$", "%J", "c", "correct por", "correct po", "\u{0}", "@@@", "~~R"])
  func strays(stray: String) {
    let (packets, skipped) = Self.scan(Array(stray.utf8) + CandyMessage.alive.bytes + CandyPacket.probe.bytes)
    #expect(packets == [.message(.alive), .probe])
    #expect(skipped == UInt64(stray.utf8.count))
  }

  @Test("of the wrong case are none, and unknown groups are skipped")
  func unknown() {
    let (packets, skipped) = Self.scan(Array("@id@qd~es@XXCorrect Port".utf8))
    #expect(packets.isEmpty)
    #expect(skipped == 24)
  }

  @Test("are bytes, never text: noise that is no UTF-8 does no harm (B5)")
  func noise() {
    let (packets, skipped) = Self.scan([0xFF, 0xC3, 0x28, 0xF0] + CandyMessage.taken.bytes + [0x80])
    #expect(packets == [.message(.taken)])
    #expect(skipped == 5)
  }

  @Test("every byte is part of a message or counted as skipped", arguments: 0..<200 as Range<UInt64>)
  func counted(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let pieces = CandyMessage.allCases.map(\.bytes) + [CandyPacket.probe.bytes, [0x7E], [0x40], [0x63], [0xFF]]
    let bytes = (0..<300).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
    let (packets, skipped) = Self.scan(bytes)
    #expect(packets.count > 100)
    #expect(packets.reduce(0) { $0 + $1.bytes.count } + Int(skipped) == bytes.count)
  }
}
