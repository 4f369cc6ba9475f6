/// Why a WebSocket ends (RFC 6455 section 7.4).
package struct CloseCode: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// It has served its purpose.
  package static let normal = CloseCode(rawValue: 1000)
  /// The server stops, or the browser leaves the page.
  package static let goingAway = CloseCode(rawValue: 1001)
  package static let protocolError = CloseCode(rawValue: 1002)
  /// A message of a kind that is not understood, such as a binary one where texts are expected.
  package static let unsupportedData = CloseCode(rawValue: 1003)
  /// The close frame had no code. It is never sent.
  package static let noCode = CloseCode(rawValue: 1005)
  /// A text that is not UTF-8.
  package static let invalidData = CloseCode(rawValue: 1007)
  package static let policyViolation = CloseCode(rawValue: 1008)
  package static let messageTooLarge = CloseCode(rawValue: 1009)
  package static let internalError = CloseCode(rawValue: 1011)

  /// Whether it may be sent: it is registered, or for libraries or private use.
  var isSendable: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}

/// How a WebSocket ended.
package enum WebEnd: Equatable, Sendable, CustomStringConvertible {
  case closedByClient(CloseCode, reason: String)
  /// By the program, by a limit, or because the client broke the protocol.
  case closedByServer(CloseCode, reason: String)
  /// Without a close frame, with the reason.
  case lost(String)
  /// Cut off because it did not read what was sent.
  case slow

  package var description: String {
    switch self {
    case .closedByClient(let code, let reason): Self.text("closed by the client", code, reason)
    case .closedByServer(let code, let reason): Self.text("closed", code, reason)
    case .lost(let reason): "lost: \(reason)"
    case .slow: "cut off: it did not read what was sent to it"
    }
  }

  private static func text(_ what: String, _ code: CloseCode, _ reason: String) -> String {
    "\(what) (\(code.rawValue))" + (reason.isEmpty ? "" : ": \(reason)")
  }
}

/// A client broke the protocol or a limit of it.
struct WebViolation: Error, Equatable {
  let code: CloseCode
  /// At most 123 bytes, which is what fits into a close frame.
  let reason: String
}
