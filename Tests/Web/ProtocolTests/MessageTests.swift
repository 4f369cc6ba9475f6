import TestSupport
import Testing

@testable import WebProtocol

@Suite("A WebSocket")
struct MessageTests {
  // MARK: Messages

  @Test("takes texts and binary messages of every length that has another form")
  func lengths() {
    for length in [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20] {
      let talk = Talk.open()
      let payload = [UInt8](repeating: 0x61, count: length)
      talk.receive(Client.frame(0x81, payload) + Client.frame(0x82, payload))
      #expect(
        talk.events == [.message(.text(String(decoding: payload, as: UTF8.self))), .message(.binary(payload))],
        "\(length)")
    }
  }

  @Test("sends each message as one frame without a mask, its length as short as it can be")
  func sends() {
    for (length, head) in [
      (0, [0x81, 0]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (65_535, [0x81, 126, 255, 255]),
      (65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0] as [UInt8]),
    ] {
      let talk = Talk.open()
      talk.send(String(repeating: "a", count: length))
      talk.take()
      #expect(talk.output == head + [UInt8](repeating: 0x61, count: length))
    }
    let talk = Talk.open()
    talk.connection.send(EncodedMessage(.binary([1, 2])))
    talk.take()
    #expect(talk.output == [0x82, 2, 1, 2])
  }

  @Test("puts fragments together and answers control frames between them at once")
  func fragments() {
    let talk = Talk.open()
    talk.receive(
      Client.fragment(0x01, "Grü") + Client.fragment(0x89, "a") + Client.fragment(0x00, "") + Client.fragment(0x8A, "")
        + Client.fragment(0x80, "ße"))
    #expect(talk.events == [.message(.text("Grüße"))] && talk.output == Server.pong("a"))
  }

  @Test("answers a ping with what was in it, and takes a pong that it did not ask for")
  func ping() {
    let talk = Talk.open()
    let payload = String(repeating: "p", count: 125)
    talk.receive(Client.fragment(0x89, payload) + Client.fragment(0x8A, "unasked") + Client.fragment(0x89, ""))
    #expect(talk.output == Server.pong(payload) + Server.pong("") && talk.events.isEmpty && talk.isOpen)
  }

  @Test("is the same whether its bytes come whole, one by one or cut anywhere, from the request on")
  func pieces() {
    let everything =
      Client.upgrade() + Client.text("one") + Client.fragment(0x01, "tw") + Client.fragment(0x89, "ping")
      + Client.fragment(0x80, "o – ") + Client.frame(0x82, [UInt8](repeating: 7, count: 300))
      + Client.close(1000, "bye")
    let whole = Talk()
    whole.receive(everything)
    #expect(whole.events.count == 5 && Server.closeCode(whole.output.suffix(4)) == 1000)
    let pieces = Talk()
    for byte in everything { pieces.receive([byte]) }
    #expect(pieces.events == whole.events && pieces.output == whole.output && pieces.fate == whole.fate)
    var random = SeededRandom(seed: 6455)
    for _ in 0..<200 {
      let talk = Talk()
      var rest = everything[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...rest.count, using: &random)
        talk.receive(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(talk.events == whole.events && talk.output == whole.output && talk.fate == whole.fate)
    }
  }

  // MARK: Violations

  static let violations: [(String, [UInt8], UInt16, String)] = [
    ("no mask", [0x81, 0x01, 0x61], 1002, "must mask"), ("RSV1", Client.fragment(0xC1, "a"), 1002, "reserved bits"),
    ("RSV2", Client.fragment(0xA1, "a"), 1002, "reserved bits"),
    ("RSV3", Client.fragment(0x91, "a"), 1002, "reserved bits"),
    ("opcode 3", Client.fragment(0x83, "a"), 1002, "no opcode 3"),
    ("opcode 11", Client.fragment(0x8B, "a"), 1002, "no opcode 11"),
    ("a ping in fragments", Client.fragment(0x09, "a"), 1002, "in fragments"),
    ("a long ping", Client.frame(0x89, [UInt8](repeating: 0, count: 126)), 1002, "longer than 125"),
    ("a fragment of nothing", Client.fragment(0x80, "a"), 1002, "continues no message"),
    ("a message within a message", Client.fragment(0x01, "a") + Client.text("b"), 1002, "within another one"),
    ("16 bits for 125", [0x81, 0xFE, 0, 125, 0, 0, 0, 0], 1002, "more bytes than it needs"),
    ("64 bits for 65535", [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0], 1002, "more bytes than it needs"),
    ("64 bits, all of them", [0x81, 0xFF, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0], 1002, "63 bits"),
    ("half a code", Client.frame(0x88, [3]), 1002, "half a code"),
    ("a long close", Client.close(1000, String(repeating: "x", count: 124)), 1002, "longer than 125"),
    ("a bad reason", Client.frame(0x88, [3, 0xE8, 0xFF]), 1007, "not UTF-8"),
    ("a text that is none", Client.frame(0x81, [0x61, 0xFF]), 1007, "not UTF-8"),
    ("a text that ends early", Client.frame(0x81, [0xE2, 0x82]), 1007, "within a character"),
    ("a character cut by the last fragment", Client.frame(0x01, [0xC3]) + Client.frame(0x80, []), 1007, "within a"),
    ("a text over the limit", [0x81, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 1, 0, 0, 0, 0], 1009, "longer than 1048576 bytes"),
  ]

  @Test("that breaks the protocol is closed with the code and the reason", arguments: violations)
  func violation(what: String, bytes: [UInt8], code: UInt16, reason: String) {
    let talk = Talk.open()
    talk.receive(bytes)
    #expect(Server.closeCode(talk.output) == code)
    #expect(talk.text.contains(reason) && talk.fate == .shutdownWriting, "\(talk.text)")
    guard case .ended(.closedByServer(let reported, let text)) = talk.events.last else {
      Issue.record("no event")
      return
    }
    #expect(reported.rawValue == code && text.contains(reason))
    let said = talk.output
    talk.receive(Client.text("more"))
    #expect(talk.output == said && talk.events.count == 1)
    let pieces = Talk.open()
    for byte in bytes { pieces.receive([byte]) }
    #expect(pieces.output == said)
  }

  @Test("is closed at the first byte that cannot be right, not at the end of the message")
  func failsFast() {
    let talk = Talk.open()
    talk.receive([0x81, 0x85, 0, 0, 0, 0, 0x61])
    #expect(talk.isOpen)
    talk.receive([0xC0])
    #expect(Server.closeCode(talk.output) == 1007)
    let long = Talk.open()
    long.receive([0x81, 0xFF, 0x40])
    #expect(long.isOpen)
    let opcode = Talk.open()
    opcode.receive([0x83, 0x80])
    #expect(Server.closeCode(opcode.output) == 1002)
  }

  @Test("takes no more in fragments than in one frame")
  func largeFragments() {
    var limits = WebLimits()
    limits.messageBytesMax = 10
    let talk = Talk.open(limits)
    talk.receive(Client.fragment(0x01, "12345") + Client.fragment(0x80, "67890"))
    #expect(talk.events == [.message(.text("1234567890"))])
    talk.receive(Client.fragment(0x01, "12345") + Client.fragment(0x00, "67890"))
    #expect(talk.isOpen)
    talk.receive([0x80, 0x81])
    #expect(talk.isOpen)
    talk.receive([0, 0, 0, 0])
    #expect(Server.closeCode(talk.output) == 1009)
  }

  @Test("finds a wrong byte of UTF-8 where the standard library does")
  func utf8() {
    var random = SeededRandom(seed: 3629)
    let bytes: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
      0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    for _ in 0..<50_000 {
      let text = (0..<Int.random(in: 1...5, using: &random)).map { _ in bytes.randomElement(using: &random)! }
      var check = UTF8Check()
      let isValid = text.allSatisfy { check.add($0) } && check.isComplete
      #expect(isValid == (String(validating: text, as: UTF8.self) != nil), "\(text)")
    }
    for scalar in [
      "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}",
    ] {
      var check = UTF8Check()
      #expect(scalar.utf8.allSatisfy { check.add($0) } && check.isComplete)
    }
  }
}
