/// How an HTTP request ended (RFC 9110 section 15).
package enum WebStatus: Int, Sendable {
  case ok = 200
  case badRequest = 400
  case unauthorized = 401
  case forbidden = 403
  case notFound = 404
  case methodNotAllowed = 405
  case requestTimeout = 408
  case contentTooLarge = 413
  case misdirectedRequest = 421
  case upgradeRequired = 426
  case fieldsTooLarge = 431
  case internalError = 500
  case serviceUnavailable = 503
  case versionNotSupported = 505

  fileprivate var phrase: String {
    switch self {
    case .ok: "OK"
    case .badRequest: "Bad Request"
    case .unauthorized: "Unauthorized"
    case .forbidden: "Forbidden"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .requestTimeout: "Request Timeout"
    case .contentTooLarge: "Content Too Large"
    case .misdirectedRequest: "Misdirected Request"
    case .upgradeRequired: "Upgrade Required"
    case .fieldsTooLarge: "Request Header Fields Too Large"
    case .internalError: "Internal Server Error"
    case .serviceUnavailable: "Service Unavailable"
    case .versionNotSupported: "HTTP Version Not Supported"
    }
  }

  /// What the status has to say by itself beside its number.
  fileprivate var fields: [RequestHead.Field] {
    switch self {
    case .methodNotAllowed: [.init("Allow", "GET, HEAD")]
    case .upgradeRequired: [.init("Upgrade", "websocket"), .init("Sec-WebSocket-Version", "13")]
    default: []
    }
  }
}

/// Why a request is not answered with what it asks for.
package struct WebRefusal: Error, Equatable, Sendable {
  package let status: WebStatus
  /// A sentence for the person at the browser.
  package let text: String

  package init(_ status: WebStatus, _ text: String) {
    self.status = status
    self.text = text
  }
}

/// An answer to an HTTP request; the connection ends with it.
package struct WebResponse: Equatable, Sendable {
  package let status: WebStatus
  /// Such as `text/html; charset=utf-8`.
  package let contentType: String
  package let body: [UInt8]

  package init(status: WebStatus = .ok, contentType: String, body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// A short text.
  package init(_ status: WebStatus, _ text: String) {
    self.init(status: status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8))
  }

  /// The answer to a request that is refused.
  package init(_ refusal: WebRefusal) {
    self.init(refusal.status, refusal.text)
  }

  /// The bytes of the answer.
  ///
  /// Scripts and styles must be files of this server, no frame may hold the page, and its address (with a token in it,
  /// perhaps) is given to nobody.
  ///
  /// - Parameters:
  ///   - head: the request, if it could be read and passed all checks.
  ///   - cookie: what the browser is to keep.
  func bytes(for head: RequestHead?, cookie: String?) -> [UInt8] {
    // Older browsers do not count a WebSocket to the same host as 'self'.
    let webSockets = head?["host"].map { " ws://\($0)" } ?? ""
    let fields =
      [
        .init("Content-Type", contentType), .init("Content-Length", "\(body.count)"), .init("Connection", "close"),
        .init("Cache-Control", "no-store"), .init("X-Content-Type-Options", "nosniff"),
        .init("Referrer-Policy", "no-referrer"), .init("Cross-Origin-Resource-Policy", "same-origin"),
        .init(
          "Content-Security-Policy",
          "default-src 'self'; connect-src 'self'\(webSockets); img-src 'self' data:; object-src 'none'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
      ] + status.fields + (cookie.map { [.init("Set-Cookie", $0)] } ?? [])
    let start = Self.head("\(status.rawValue) \(status.phrase)", fields)
    return head?.method == .head ? start : start + body
  }

  /// The answer that makes a connection a WebSocket (RFC 6455 section 4.2.2).
  static func switchingProtocols(accept: String) -> [UInt8] {
    head(
      "101 Switching Protocols",
      [.init("Upgrade", "websocket"), .init("Connection", "Upgrade"), .init("Sec-WebSocket-Accept", accept)])
  }

  private static func head(_ status: String, _ fields: [RequestHead.Field]) -> [UInt8] {
    Array("HTTP/1.1 \(status)\r\n\(fields.map { "\($0.name): \($0.value)\r\n" }.joined())\r\n".utf8)
  }
}
