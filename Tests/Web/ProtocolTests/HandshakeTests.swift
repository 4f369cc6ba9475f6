import Testing

@testable import WebProtocol

@Suite("The start of a WebSocket")
struct HandshakeTests {
  @Test("is answered with the proof that RFC 6455 gives as its example")
  func accepted() {
    let talk = Talk()
    talk.receive(Client.upgrade())
    let expected = """
      HTTP/1.1 101 Switching Protocols\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
      \r

      """
    #expect(talk.text == expected && talk.isOpen)
    guard case .opened(let head) = talk.events.first else {
      Issue.record("no event")
      return
    }
    #expect(head.path == "/" && talk.events.count == 1)
  }

  @Test(
    "is refused if it is none",
    arguments: [
      ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", 426), ("Sec-WebSocket-Version: 13", "X: y", 426),
      ("Connection: keep-alive, Upgrade", "Connection: keep-alive", 400), ("HTTP/1.1", "HTTP/1.0", 400),
      ("GET", "HEAD", 400), ("GET", "POST", 405), ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ", 400),
      ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j", 400), ("dGhlIHNhbXBsZSBub25jZQ==", "", 400),
      ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZ;==", 400), ("Sec-WebSocket-Key:", "X:", 400),
      ("Host: localhost:8765", "Host: evil.example", 421),
      ("Host: localhost:8765", "Host: localhost\r\nOrigin: null", 403),
    ])
  func refused(part: String, instead: String, status: Int) {
    let talk = Talk()
    talk.receive(String(decoding: Client.upgrade(), as: UTF8.self).replacing(part, with: instead))
    #expect(talk.text.hasPrefix("HTTP/1.1 \(status) ") && talk.events.isEmpty, "\(talk.text)")
    #expect(status != 426 || talk.text.contains("\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"))
  }

  @Test("that asks for another protocol is an ordinary request")
  func otherProtocol() {
    let talk = Talk()
    talk.receive(Client.get("/", "Upgrade: h2c", "Connection: Upgrade"))
    guard case .request = talk.events.first else {
      Issue.record("no request")
      return
    }
  }

  @Test("SHA-1 is that of RFC 3174, for every length of the padding")
  func hash() {
    func hex(_ text: String) -> String {
      SHA1.digest(Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    #expect(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
    #expect(
      hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
    #expect(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    // From sha1sum.
    #expect(hex(String(repeating: "a", count: 55)) == "c1c8bbdc22796e28c0e15163d20899b65621d65a")
    #expect(hex(String(repeating: "a", count: 63)) == "03f09f5b158a7a8cdad920bddc29b81c18a551f5")
    #expect(hex(String(repeating: "a", count: 64)) == "0098ba824b5c16427bd7a1122a5a442a25ec644d")
    #expect(hex(String(repeating: "a", count: 119)) == "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56")
    #expect(hex(String(repeating: "a", count: 120)) == "f34c1488385346a55709ba056ddd08280dd4c6d6")
  }

  @Test("base64 is that of RFC 4648")
  func base64() {
    let pairs = [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ]
    for (text, encoded) in pairs {
      #expect(Base64.text(Array(text.utf8)) == encoded && Base64.byteCount(of: encoded) == text.utf8.count)
    }
    for wrong in ["Zg=", "Z===", "Zm9v=", "Zm9!", "=Zm9", "Zg==Zg=="] { #expect(Base64.byteCount(of: wrong) == nil) }
  }
}
