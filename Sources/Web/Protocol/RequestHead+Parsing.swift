extension RequestHead {
  /// Parses a head as a browser sends it, with the empty line that ends it.
  ///
  /// It is strict: what two servers may read differently is refused, so nothing can be smuggled past the checks.
  ///
  /// - Throws: `WebRefusal` that says what is wrong.
  package init(parsing bytes: [UInt8]) throws(WebRefusal) {
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 >= 0x80 || $0 == 0x0D || $0 == 0x0A || $0 == 0x09 }) else {
      throw WebRefusal(.badRequest, "The request has control characters in it.")
    }
    var lines = try Self.lines(bytes)[...]
    guard let requestLine = lines.popFirst() else { throw WebRefusal(.badRequest, "The request line is missing.") }
    let parts = requestLine.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.allSatisfy(\.isTokenByte), !parts[0].isEmpty else {
      throw WebRefusal(.badRequest, "The request line must be METHOD TARGET HTTP/1.1.")
    }
    guard parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0" else {
      guard parts[2].hasPrefix("HTTP/") else {
        throw WebRefusal(.badRequest, "The request line must end with HTTP/1.1.")
      }
      throw WebRefusal(.versionNotSupported, "This server speaks HTTP/1.1.")
    }
    let fields = try lines.map { line throws(WebRefusal) in try Self.field(line) }
    guard let method = Method(rawValue: String(parts[0])) else {
      throw WebRefusal(.methodNotAllowed, "This server answers GET and HEAD only.")
    }
    let (path, query) = try Self.target(parts[1])
    self.init(method: method, path: path, query: query, fields: fields, isPersistent: parts[2] == "HTTP/1.1")
    try checkOnce("host", isRequired: true)
    try checkOnce("origin", isRequired: false)
    guard self["transfer-encoding"] == nil, fields.allSatisfy({ $0.name != "content-length" || $0.value == "0" }) else {
      throw WebRefusal(.contentTooLarge, "This server takes no body with a request.")
    }
  }

  private func checkOnce(_ name: String, isRequired: Bool) throws(WebRefusal) {
    let count = fields.count { $0.name == name }
    guard count == 1 || count == 0 && !isRequired else {
      throw WebRefusal(
        .badRequest, "There must be \(isRequired ? "exactly" : "at most") one \(name) field in the request.")
    }
  }

  /// The lines before the empty one.
  private static func lines(_ bytes: [UInt8]) throws(WebRefusal) -> [Substring] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw WebRefusal(.badRequest, "The request is not UTF-8.")
    }
    var lines: [Substring] = []
    // Swift sees "\r\n" as one character, so a "\r" or "\n" alone stays in a line.
    for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) where !line.isEmpty {
      guard !line.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A }) else {
        throw WebRefusal(.badRequest, "A line must end with a carriage return and a line feed.")
      }
      lines.append(line)
    }
    return lines
  }

  private static func field(_ line: Substring) throws(WebRefusal) -> Field {
    guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].utf8.allSatisfy(\.isTokenByte)
    else { throw WebRefusal(.badRequest, "A header field must be a name, a colon and a value.") }
    return Field(line[..<colon].lowercased(), String(line[line.utf8.index(after: colon)...].trimmed))
  }

  private static func target(_ text: Substring) throws(WebRefusal) -> (String, [Field]) {
    guard text.utf8.first == UInt8(ascii: "/"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }) else {
      throw WebRefusal(.badRequest, "The target must be a path that begins with '/'.")
    }
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = try unescaped(parts[0])
    guard parts.count == 2 else { return (path, []) }
    let query = try parts[1].split(separator: "&").map { pair throws(WebRefusal) in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return Field(try unescaped(sides[0]), sides.count == 2 ? try unescaped(sides[1]) : "")
    }
    return (path, query)
  }

  /// Resolves `%41` (RFC 3986 section 2.1).
  private static func unescaped(_ text: Substring) throws(WebRefusal) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else {
        throw WebRefusal(.badRequest, "A '%' in the target must be followed by two hexadecimal digits.")
      }
      bytes.append(high << 4 | low)
    }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F })
    else {
      throw WebRefusal(.badRequest, "The target is not text.")
    }
    return text
  }
}

extension UInt8 {
  /// Whether it may be in the name of a method or a header field (RFC 9110 section 5.6.2).
  fileprivate var isTokenByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(self)
    }
  }

  fileprivate var hexDigit: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
