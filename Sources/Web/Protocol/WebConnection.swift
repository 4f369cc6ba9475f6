/// One connection of a browser, from its request to its end: bytes and the time in, bytes and events out.
///
/// It answers one HTTP request and ends, or becomes a WebSocket. Its host sends `output`, reports what it sent, calls
/// `check(now:)` at `nextDeadline` and `settle(now:)` when the program has handled the events, and does what `fate` says.
package struct WebConnection: ~Copyable {
  package enum Event: Equatable, Sendable {
    /// A request that passed all checks; `respond` answers it.
    case request(RequestHead)
    /// The connection is a WebSocket now.
    case opened(RequestHead)
    case message(WebMessage)
    /// The WebSocket is over, reported once.
    case ended(WebEnd)
  }

  /// What the host is to do with its socket.
  package enum Fate: Equatable, Sendable {
    case keep
    /// Everything is said: say so to the other side, and read until it ends, too. A socket that were closed with unread
    /// bytes in it could take back what was sent last.
    case shutdownWriting
    case close
  }

  private enum Phase {
    case head([UInt8], until: Duration)
    case asked(RequestHead, until: Duration)
    case open(MessageReader, WebSocketClock)
    /// The last message is here: the client has closed the WebSocket, or broken the protocol. The program may still answer
    /// what came before, until `settle` sends the close frame.
    case ending(WebEnd, closeFrame: [UInt8])
    /// Our close frame is on its way, and theirs is not here.
    case closing(MessageReader, until: Duration)
    /// The last bytes wait to be sent.
    case finishing(patience: Duration, until: Duration)
    case lingering(until: Duration)
    case over
  }

  private let limits: WebLimits
  private let policy: WebPolicy
  private let localAddress: String?
  private let isRefused: Bool
  private var phase: Phase
  private var queue = OutputQueue()
  private var events: [Event] = []
  /// The client sends nothing any more; its host need not look.
  package private(set) var hasInputEnded = false

  /// - Parameters:
  ///   - localAddress: the numeric address that the client reached, without a port, by which it may ask.
  ///   - isRefused: whether the request is only read to answer that there are too many connections.
  package init(
    limits: WebLimits = WebLimits(), policy: WebPolicy = WebPolicy(), localAddress: String? = nil,
    isRefused: Bool = false, now: Duration
  ) {
    self.limits = limits
    self.policy = policy
    self.localAddress = localAddress
    self.isRefused = isRefused
    phase = .head([], until: now + limits.idlePatience)
  }

  // MARK: The host's side

  /// What is to be sent next.
  package var output: ArraySlice<UInt8> { queue.waiting }

  package var fate: Fate {
    switch phase {
    case .lingering: .shutdownWriting
    case .over: .close
    case .head, .asked, .open, .ending, .closing, .finishing: .keep
    }
  }

  /// Whether messages can be sent.
  package var isOpen: Bool {
    switch phase {
    case .open, .ending: true
    case .head, .asked, .closing, .finishing, .lingering, .over: false
    }
  }

  /// Whether `settle` has something to do.
  package var isEnding: Bool { if case .ending = phase { true } else { false } }

  /// When `check` has something to do, if nothing arrives before; nil if the connection is over.
  package var nextDeadline: Duration? {
    switch phase {
    case .head(_, let until), .asked(_, let until), .closing(_, let until), .finishing(_, let until),
      .lingering(let until):
      until
    case .open(_, let clock): clock.nextDeadline(limits)
    case .ending, .over: nil
    }
  }

  /// Whether `takeEvents` has something.
  package var hasEvents: Bool { !events.isEmpty }

  /// What has happened since the last call, in order.
  package mutating func takeEvents() -> [Event] {
    defer { events = [] }
    return events
  }

  /// Handles bytes from the client.
  package mutating func receive(_ bytes: borrowing RawSpan, now: Duration) {
    var position = 0
    if case .head(let head, let until) = phase {
      phase = .over
      read(head, until, bytes, &position, now)
    }
    switch phase {
    case .open(var reader, var clock):
      clock.heard(now)
      phase = .over
      readMessages(&reader, bytes, &position, clock)
    case .closing(var reader, let until):
      phase = .over
      readClose(&reader, bytes, &position, until, now)
    case .head, .asked, .ending, .finishing, .lingering, .over: break
    }
  }

  /// Handles the end of what the client sends, or that nothing can be sent to it any more.
  ///
  /// - Parameter reason: of the system; nil if the client ended the connection in order.
  package mutating func endInput(_ reason: String? = nil) {
    hasInputEnded = true
    switch phase {
    // A client may close its side after its request, and read the answer.
    case .asked where reason == nil, .finishing where reason == nil: return
    case .open: events.append(.ended(.lost(reason ?? "the connection ended without a close frame")))
    case .ending(let end, _): events.append(.ended(end))
    case .head, .asked, .closing, .finishing, .lingering, .over: break
    }
    phase = .over
  }

  /// Reports that this many bytes of `output` were sent.
  package mutating func sent(_ count: Int, now: Duration) {
    queue.removeFirst(count)
    if case .finishing(let patience, _) = phase { finish(patience, now) }
  }

  /// Does what is due.
  package mutating func check(now: Duration) {
    guard let nextDeadline, now >= nextDeadline else { return }
    switch phase {
    case .head([], _): phase = .over
    case .head: refuse(WebRefusal(.requestTimeout, "The request was not sent in time."), nil, now)
    case .asked: respond(WebResponse(.internalError, "The program did not answer in time."), now: now)
    case .open(let reader, var clock):
      if clock.isSilent(limits, now) {
        let seconds = limits.silenceMax.components.seconds
        close(.policyViolation, "nothing was heard for \(seconds) s", now: now)
      } else {
        clock.asked(now)
        phase = .open(reader, clock)
        if !write(FrameStart.bytes(.ping, [])) { cutOff() }
      }
    case .closing, .finishing, .lingering: phase = .over
    case .ending, .over: break
    }
  }

  /// Answers the end of a WebSocket, after the program has answered what came before it.
  package mutating func settle(now: Duration) {
    guard case .ending(let end, let closeFrame) = phase else { return }
    events.append(.ended(end))
    phase = .over
    if write(closeFrame) { finish(limits.closePatience, now) }
  }

  // MARK: The program's side

  /// Answers the request that was reported.
  package mutating func respond(_ response: WebResponse, now: Duration) {
    guard case .asked(let head, _) = phase else { return }
    answer(response, head, now)
  }

  /// Sends a message.
  ///
  /// - Returns: false if the WebSocket is not open, or not any more because the client has not read what was sent before.
  @discardableResult
  package mutating func send(_ message: EncodedMessage) -> Bool {
    guard isOpen else { return false }
    guard write(message.bytes) else {
      cutOff()
      return false
    }
    return true
  }

  /// Begins the close handshake of a WebSocket, and ends any other connection.
  package mutating func close(_ code: CloseCode, _ reason: String, now: Duration) {
    switch phase {
    case .open(let reader, _):
      events.append(.ended(.closedByServer(code, reason: reason)))
      phase = write(FrameStart.close(code, reason)) ? .closing(reader, until: now + limits.closePatience) : .over
    case .head, .asked: phase = .over
    case .ending, .closing, .finishing, .lingering, .over: break
    }
  }

  // MARK: HTTP

  private mutating func read(
    _ start: [UInt8], _ until: Duration, _ bytes: borrowing RawSpan, _ position: inout Int, _ now: Duration
  ) {
    var head = start
    let until = start.isEmpty ? now + limits.headPatience : until
    while position < bytes.byteCount {
      head.append(bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self))
      position += 1
      if head.count == 1, head[0] < 0x20, head[0] != 0x0D {
        return refuse(
          WebRefusal(.badRequest, "This is no HTTP request; this server speaks http://, not https://."), nil, now)
      }
      guard !head.ends(with: "\r\n\r\n") else { return handle(head, now) }
      guard head.count < limits.headBytesMax else {
        let text = "The request line and header fields are longer than \(limits.headBytesMax) bytes."
        return refuse(WebRefusal(.fieldsTooLarge, text), nil, now)
      }
    }
    phase = .head(head, until: until)
  }

  private mutating func handle(_ bytes: [UInt8], _ now: Duration) {
    do throws(WebRefusal) {
      guard !isRefused else {
        throw WebRefusal(.serviceUnavailable, "This server has as many connections as it may have; try again later.")
      }
      let head = try RequestHead(parsing: bytes)
      if let refusal = policy.check(head, localAddress: localAddress) { throw refusal }
      guard head.wantsWebSocket else {
        phase = .asked(head, until: now + limits.idlePatience)
        return events.append(.request(head))
      }
      _ = write(WebResponse.switchingProtocols(accept: try head.webSocketAccept()))
      phase = .open(MessageReader(bytesMax: limits.messageBytesMax), WebSocketClock(now))
      events.append(.opened(head))
    } catch {
      refuse(error, nil, now)
    }
  }

  private mutating func refuse(_ refusal: WebRefusal, _ head: RequestHead?, _ now: Duration) {
    answer(WebResponse(refusal), head, now)
  }

  private mutating func answer(_ response: WebResponse, _ head: RequestHead?, _ now: Duration) {
    // Nothing can wait before the one answer of the connection.
    _ = write(response.bytes(for: head, cookie: head.flatMap(policy.cookie)))
    finish(limits.idlePatience, now)
  }

  // MARK: WebSocket

  private mutating func readMessages(
    _ reader: inout MessageReader, _ bytes: borrowing RawSpan, _ position: inout Int, _ clock: WebSocketClock
  ) {
    do throws(WebViolation) {
      while let item = try reader.next(bytes, &position) {
        switch item {
        case .message(let message): events.append(.message(message))
        case .ping(let payload): guard write(FrameStart.bytes(.pong, payload)) else { return cutOff() }
        case .pong: break
        case .close(let code, let reason):
          phase = .ending(.closedByClient(code, reason: reason), closeFrame: FrameStart.close(code, ""))
          return
        }
      }
      phase = .open(reader, clock)
    } catch {
      let closeFrame = FrameStart.close(error.code, error.reason)
      phase = .ending(.closedByServer(error.code, reason: error.reason), closeFrame: closeFrame)
    }
  }

  /// Waits for the client's close frame; messages before it come too late.
  private mutating func readClose(
    _ reader: inout MessageReader, _ bytes: borrowing RawSpan, _ position: inout Int, _ until: Duration,
    _ now: Duration
  ) {
    do throws(WebViolation) {
      while let item = try reader.next(bytes, &position) {
        if case .close = item { return finish(limits.closePatience, now) }
      }
      phase = .closing(reader, until: until)
    } catch {
      finish(limits.closePatience, now)
    }
  }

  // MARK: The end

  /// Puts bytes into the queue; false if there is no room.
  private mutating func write(_ bytes: [UInt8]) -> Bool { queue.append(bytes, bytesMax: limits.outputBytesMax) }

  private mutating func cutOff() {
    events.append(.ended(.slow))
    phase = .over
  }

  /// Sends what waits and ends the connection.
  private mutating func finish(_ patience: Duration, _ now: Duration) {
    if !queue.isEmpty {
      phase = .finishing(patience: patience, until: now + patience)
    } else if hasInputEnded {
      phase = .over
    } else {
      phase = .lingering(until: now + limits.closePatience)
    }
  }
}
