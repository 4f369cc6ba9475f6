/// What a browser asks for: the request line and the header fields of an HTTP/1.1 request (RFC 9112).
package struct RequestHead: Equatable, Sendable {
  package enum Method: String, Sendable {
    case get = "GET"
    /// Like `get`, without the body of the answer.
    case head = "HEAD"
  }

  package struct Field: Equatable, Sendable {
    /// In lower case for a header field.
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package let method: Method
  /// Begins with '/', without the query and without escapes.
  package let path: String
  /// The parameters behind the '?', without escapes.
  package let query: [Field]
  package let fields: [Field]
  /// HTTP/1.1, not 1.0.
  package let isPersistent: Bool

  package init(
    method: Method = .get, path: String = "/", query: [Field] = [], fields: [Field] = [], isPersistent: Bool = true
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.fields = fields
    self.isPersistent = isPersistent
  }

  /// The value of a header field; several of the same name are one list.
  ///
  /// - Parameter name: in lower case.
  package subscript(name: String) -> String? {
    let values = fields.lazy.filter { $0.name == name }.map(\.value)
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  /// The value of a parameter of the query; the first one of the name.
  package func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// The values that a browser has kept for this server under a name.
  package func cookies(_ name: String) -> [String] {
    fields.filter { $0.name == "cookie" }.flatMap { $0.value.split(separator: ";") }.compactMap { pair in
      let pair = pair.drop { $0 == " " }
      guard let equals = pair.firstIndex(of: "="), pair[..<equals] == name else { return nil }
      return String(pair[pair.index(after: equals)...])
    }
  }

  /// Whether a header field that is a list has a word in it, in whatever case.
  package func list(_ name: String, has word: String) -> Bool {
    (self[name] ?? "").lowercased().split(separator: ",").contains {
      $0.trimmed == word
    }
  }

  /// Whether the connection is to become a WebSocket (RFC 6455 section 4.2.1).
  package var wantsWebSocket: Bool { list("upgrade", has: "websocket") }
}

extension Substring {
  /// Without spaces and tabs around it.
  var trimmed: Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return start[...last]
  }
}

extension [UInt8] {
  func ends(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount
      && text.withUTF8Buffer { end in self[(count - end.count)...].elementsEqual(end) }
  }
}
