/// The proof that a server understands WebSocket (RFC 6455 section 4.2.2).
enum WebSocketKey {
  private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

  /// What answers a key; nil if the key is not 16 bytes in base64.
  static func accept(for key: String) -> String? {
    guard Base64.byteCount(of: key) == 16 else { return nil }
    return Base64.text(SHA1.digest(Array((key + suffix).utf8)))
  }
}

extension RequestHead {
  /// Checks that a request which wants a WebSocket asks for it as it must (RFC 6455 section 4.2.1).
  ///
  /// - Returns: the value of Sec-WebSocket-Accept.
  func webSocketAccept() throws(WebRefusal) -> String {
    guard self["sec-websocket-version"] == "13" else {
      throw WebRefusal(.upgradeRequired, "This server speaks version 13 of the WebSocket protocol.")
    }
    guard isPersistent, method == .get, list("connection", has: "upgrade") else {
      throw WebRefusal(.badRequest, "A WebSocket begins with GET, HTTP/1.1 and 'Connection: Upgrade'.")
    }
    guard let key = self["sec-websocket-key"], let accept = WebSocketKey.accept(for: key) else {
      throw WebRefusal(.badRequest, "Sec-WebSocket-Key must be 16 bytes in base64.")
    }
    return accept
  }
}

/// Bytes as text (RFC 4648 section 4).
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0 as UInt32) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
      for place in 0..<4 {
        text.append(place <= group.count ? digits[Int(bits >> (18 - 6 * UInt32(place)) & 63)] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// How many bytes a text stands for; nil if it is no base64.
  static func byteCount(of text: String) -> Int? {
    let bytes = Array(text.utf8)
    let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard bytes.count % 4 == 0, padding <= 2, bytes.dropLast(padding).allSatisfy(digits.contains) else { return nil }
    return bytes.count / 4 * 3 - padding
  }
}

/// The hash of the handshake (RFC 3174). It protects nothing there, and must not be used to.
enum SHA1 {
  static func digest(_ message: [UInt8]) -> [UInt8] {
    var hash: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    var padded = message + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    padded += bigEndian(UInt64(message.count) * 8)
    for start in stride(from: 0, to: padded.count, by: 64) { add(padded[start..<start + 64], to: &hash) }
    return hash.flatMap(bigEndian)
  }

  private static func bigEndian(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    stride(from: number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  private static func add(_ block: ArraySlice<UInt8>, to hash: inout [UInt32]) {
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
      block[start..<start + 4].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<80 {
      words.append(rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
    }
    var (a, b, c, d, e) = (hash[0], hash[1], hash[2], hash[3], hash[4])
    for index in 0..<80 {
      let (mix, constant): (UInt32, UInt32) =
        switch index {
        case ..<20: (b & c | ~b & d, 0x5A82_7999)
        case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      let next = rotated(a, 5) &+ mix &+ e &+ constant &+ words[index]
      (a, b, c, d, e) = (next, a, rotated(b, 30), c, d)
    }
    for (index, word) in [a, b, c, d, e].enumerated() { hash[index] &+= word }
  }

  private static func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 { word << bits | word >> (32 - bits) }
}
