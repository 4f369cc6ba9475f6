import BlenderProtocol
import Testing

@Suite("What comes from the Arduino dispenser")
struct DispenserScannerTests {
  private static let messages: [DispenserMessage] = [
    .serving, .text("pump 3"), .level([7, 8]), .levelTime(0x1234), .text(""), .ended,
  ]
  private var scanner = DispenserScanner()

  @Test("is read the same whole and in pieces")
  mutating func pieces() {
    let bytes = Self.messages.flatMap(\.bytes)
    #expect(bytes.starts(with: [1, 2, 7, 0x62]))
    let whole = scanner.receive(bytes, at: .zero)
    #expect(whole == Self.messages)
    var found: [DispenserMessage] = []
    for byte in bytes { found += scanner.receive([byte], at: .zero) }
    #expect(found == Self.messages)
    #expect(scanner.noise == 0)
  }

  /// What is found in bytes, at last: noise may look like the beginning of a message, until its end does not come.
  private mutating func search(_ bytes: [UInt8]) -> (found: [DispenserMessage], after: Duration) {
    var now = Duration.seconds(1)
    var found = scanner.receive(bytes, at: now)
    while let deadline = scanner.deadline {
      #expect(deadline == now + DispenserScanner.patience)
      now = deadline
      found += scanner.tick(at: now)
    }
    return (found, now - .seconds(1))
  }

  @Test(
    "is found at once behind noise that can begin no message",
    arguments: [[0], [0, 9, 9], [0, 99], [1, 1], [0xFF], [4, 3]])
  mutating func plainNoise(before: [UInt8]) {
    let (found, after) = search(before + [0, 0] + DispenserMessage.ended.bytes)
    #expect(found == [.ended] && after == .zero)
    #expect(scanner.noise == UInt64(before.count + 2))
  }

  @Test(
    "is found behind noise that looks like a message whose end never comes",
    arguments: [[200, 0x62], [5, 1], [250, 0x62, 0]])
  mutating func noise(before: [UInt8]) {
    let (found, after) = search(before + DispenserMessage.ended.bytes)
    #expect(found == [.ended] && after <= DispenserScanner.patience * before.count)
    #expect(scanner.noise == UInt64(before.count))
  }
}
