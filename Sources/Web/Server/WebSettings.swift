import BusSystem
import WebProtocol

/// A file that the server shows, held in memory.
package struct WebPage: Sendable {
  /// Such as `/` or `/page.js`.
  package let path: String
  /// Such as `text/html; charset=utf-8`.
  package let contentType: String
  package let bytes: [UInt8]

  package init(path: String, contentType: String, bytes: [UInt8]) {
    self.path = path
    self.contentType = contentType
    self.bytes = bytes
  }
}

/// What a server shows, to whom, and how much it can take.
package struct WebSettings: Sendable {
  package var pages: [WebPage]
  package var policy: WebPolicy
  package var limits = WebLimits()
  /// Connections at the same time, pages and WebSockets together; the next one is answered with 503.
  package var clientsMax = 128

  package init(pages: [WebPage] = [], policy: WebPolicy = WebPolicy()) {
    self.pages = pages
    self.policy = policy
  }
}

/// A connection of a browser. It is never used for another one.
package struct WebClientID: Hashable, Sendable {
  let number: UInt64
}

/// What happened at a server.
package enum WebEvent: Equatable, Sendable {
  /// A WebSocket is open; the request says which path was asked for and from which page.
  case connected(WebClientID, RequestHead)
  case message(WebClientID, WebMessage)
  /// The WebSocket is over, reported once for each that was `connected`.
  case disconnected(WebClientID, WebEnd)
  /// A request for something that is no page. `respond` answers it; what is not answered until the next turn is
  /// answered with 404.
  case request(WebClientID, RequestHead)
  /// A connection could not be taken.
  case acceptFailed(SystemError)
}

/// What a server had to refuse since it began.
package struct WebCounters: Equatable, Sendable {
  /// Connections beyond `clientsMax`, or for which the system had no descriptor.
  package var refused = 0
  /// WebSockets that were cut off because they did not read.
  package var slow = 0
}
