import BusSystem
import WebProtocol

/// Pages and WebSockets in a loop of the caller's:
///
///     bus.wake(on: server.descriptor)
///     // on every call of process():
///     for event in server.turn(now: bus.now) { … server.send(text, to: client) … }
///     server.flush()
///     bus.wake(at: server.nextDeadline)
///
/// It has no thread and never waits; a browser that does not read delays nobody.
package struct WebServer: ~Copyable {
  /// Where it really listens: with the port that the system chose if 0 was asked for.
  package let address: BusAddress
  package private(set) var counters = WebCounters()

  private var settings: WebSettings
  private let poller: Poller
  private var listener: Listener?
  private var clients: [UInt64: WebClient] = [:]
  private var lastNumber = Self.listenerToken
  /// Requests that were reported in the last turn.
  private var asked: [WebClient] = []
  private var now = Duration.zero
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  /// Given up for a moment to close a connection for which there is no descriptor.
  private var spare: OwnedDescriptor?

  private static let listenerToken: UInt64 = 0
  /// Connections beyond the limit that wait for their 503; more are closed without a word.
  private static let refusedMax = 16
  /// Connections taken in one turn; the others wait in the kernel until the next one.
  private static let acceptsMax = 64

  /// Starts to listen.
  ///
  /// - Parameter address: a TCP address; port 0 lets the system choose.
  /// - Throws: `SystemError` that names the address and says why it cannot be had.
  package init(_ address: BusAddress, _ settings: WebSettings) throws(SystemError) {
    let poller = try Poller()
    let spare = try OwnedDescriptor.null()
    let listener: Listener
    do throws(SystemError) {
      listener = try Listener(address)
    } catch {
      throw SystemError(code: error.code, call: error.call, advice: Self.advice(error))
    }
    try poller.add(listener.descriptor, .reading, token: Self.listenerToken)
    self.address = listener.address
    isLocal = listener.isLocal
    self.settings = settings
    self.poller = poller
    self.listener = consume listener
    self.spare = consume spare
  }

  private static func advice(_ error: SystemError) -> String? {
    switch error.code {
    case SystemError.addressInUse:
      "another program listens there ('ss -ltnp' shows which); end it or choose another port"
    case SystemError.permissionDenied: "choose a port from 1024 up"
    default: error.advice
    }
  }

  /// Whether only programs on this machine can connect.
  package let isLocal: Bool

  /// Answers only who has this token, or comes from this machine, from now on.
  package mutating func require(_ token: WebToken) { settings.policy.token = token }

  // MARK: The loop's side

  /// Readable when `turn` has something to do. It is the same as long as the server is there.
  package var descriptor: FileDescriptor { poller.descriptor }

  /// When `turn` has something to do even if nothing arrives; nil if never.
  package var nextDeadline: Duration? {
    if !asked.isEmpty || clients.values.contains(where: \.needsTurn) { return now }
    return clients.values.lazy.compactMap { $0.connection.nextDeadline }.min()
  }

  /// How many connections there are, pages and WebSockets together.
  package var connectionCount: Int { clients.count }

  /// Handles all that has arrived and all that is due.
  ///
  /// - Parameter now: a time that only goes forward, such as `bus.now`.
  package mutating func turn(now: Duration) -> [WebEvent] {
    self.now = now
    for client in asked { client.connection.respond(WebResponse(.notFound, "There is nothing here."), now: now) }
    asked = []
    for client in clients.values { client.connection.settle(now: now) }
    var events: [WebEvent] = []
    for index in 0..<poller.wait(milliseconds: 0) {
      let event = poller[index]
      if event.token == Self.listenerToken {
        accept(&events)
      } else if let client = clients[event.token] {
        client.receive(event, &buffer, now: now)
        report(client, &events)
      }
    }
    for client in clients.values {
      client.connection.check(now: now)
      report(client, &events)
    }
    flush()
    return events
  }

  /// Sends what waits, one call for each client; otherwise the next turn does.
  package mutating func flush() {
    for client in clients.values {
      client.flush(poller, now: now)
      if client.connection.fate == .close, !client.connection.hasEvents { clients[client.id.number] = nil }
    }
  }

  // MARK: The program's side

  /// Sends a text to a WebSocket.
  ///
  /// - Returns: false if it is gone; an event says or has said why.
  @discardableResult
  package mutating func send(_ text: String, to client: WebClientID) -> Bool { send(.text(text), to: client) }

  /// Sends a message to a WebSocket.
  ///
  /// - Returns: false if it is gone; an event says or has said why.
  @discardableResult
  package mutating func send(_ message: WebMessage, to client: WebClientID) -> Bool {
    clients[client.number]?.connection.send(EncodedMessage(message)) ?? false
  }

  /// Sends a text to all WebSockets.
  package mutating func broadcast(_ text: String) {
    let message = EncodedMessage(.text(text))
    for client in clients.values { client.connection.send(message) }
  }

  /// Answers a request that a turn has just reported.
  package mutating func respond(_ response: WebResponse, to client: WebClientID) {
    asked.removeAll { $0.id == client }
    clients[client.number]?.connection.respond(response, now: now)
  }

  /// Begins to close a WebSocket; an event reports that it is over.
  package mutating func close(_ client: WebClientID, _ code: CloseCode = .normal, _ reason: String = "") {
    clients[client.number]?.connection.close(code, reason, now: now)
  }

  /// Where a browser is, such as `192.168.1.7:51200`; nil if it is gone.
  package func peer(of client: WebClientID) -> BusAddress? { clients[client.number]?.peer }

  /// Takes no more connections and begins to close all there are; it is done when `connectionCount` is 0, after a few
  /// turns and two seconds at most.
  package mutating func stop(_ reason: String = "the server stops") {
    listener = nil
    for client in clients.values { client.connection.close(.goingAway, reason, now: now) }
    flush()
  }

  // MARK: Connections

  private mutating func accept(_ events: inout [WebEvent]) {
    do throws(SystemError) {
      for _ in 0..<Self.acceptsMax {
        guard let socket = try listener?.accept() else { return }
        try admit(socket)
      }
    } catch {
      // A connection that stays in the kernel's queue would wake the program for ever.
      spare = nil
      _ = try? listener?.accept()
      spare = try? OwnedDescriptor.null()
      counters.refused += 1
      events.append(.acceptFailed(error))
    }
  }

  private mutating func admit(_ socket: consuming Socket) throws(SystemError) {
    let refusedCount = clients.values.count(where: \.isRefused)
    let isRefused = clients.count - refusedCount >= settings.clientsMax
    if isRefused {
      counters.refused += 1
      guard refusedCount < Self.refusedMax else { return }
    }
    lastNumber += 1
    let connection = WebConnection(
      limits: settings.limits, policy: settings.policy, localAddress: socket.localHost, isRefused: isRefused, now: now)
    clients[lastNumber] = try WebClient(
      WebClientID(number: lastNumber), socket, isRefused: isRefused, connection, poller)
  }

  private mutating func report(_ client: WebClient, _ events: inout [WebEvent]) {
    for event in client.connection.takeEvents() {
      switch event {
      case .opened(let head): events.append(.connected(client.id, head))
      case .message(let message): events.append(.message(client.id, message))
      case .ended(let end):
        if end == .slow { counters.slow += 1 }
        events.append(.disconnected(client.id, end))
      case .request(let head):
        if let page = settings.pages.first(where: { $0.path == head.path }) {
          client.connection.respond(WebResponse(contentType: page.contentType, body: page.bytes), now: now)
        } else {
          asked.append(client)
          events.append(.request(client.id, head))
        }
      }
    }
  }
}
