import FuzzKit
import WebProtocol

/// What a web server reads from a browser: the first byte says whether a WebSocket is open already, and whether the rest is
/// bytes alone, which must mean the same whole and in pieces, or steps with the time and the program's part in them.
enum WebFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    var input = FuzzInput(input)
    let mode = input.byte()
    let start = mode & 1 == 0 ? [] : upgrade
    guard mode & 2 == 0 else {
      let browser = FuzzBrowser()
      try browser.receive(start[...])
      while !input.isAtEnd { try browser.step(&input) }
      return try browser.finish()
    }
    let bytes = start + input.all()
    let whole = FuzzBrowser()
    try whole.receive(bytes[...])
    let pieces = FuzzBrowser()
    for index in bytes.indices { try pieces.receive(bytes[index...index]) }
    try require(whole.events == pieces.events, "other events in pieces: \(whole.events), \(pieces.events)")
    try require(whole.output == pieces.output, "other answers in pieces")
    try whole.finish()
  }

  private static let upgrade = Array(
    """
    GET / HTTP/1.1\r
    Host: localhost\r
    Upgrade: websocket\r
    Connection: Upgrade\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    Sec-WebSocket-Version: 13\r
    \r

    """.utf8)
}

/// A connection, with checks of everything that comes out of it.
private final class FuzzBrowser {
  private var connection: WebConnection
  private var now = Duration.zero
  private(set) var events: [WebConnection.Event] = []
  private(set) var output: [UInt8] = []

  init() {
    var limits = WebLimits()
    limits.headBytesMax = 512
    limits.messageBytesMax = 1000
    limits.outputBytesMax = 1000
    connection = WebConnection(limits: limits, now: .zero)
  }

  /// Bytes come; the program answers every request, and the browser reads everything.
  func receive(_ bytes: ArraySlice<UInt8>) throws(FuzzFinding) {
    connection.receive(bytes.span.bytes, now: now)
    try handleEvents()
    try send(.max)
  }

  func step(_ input: inout FuzzInput) throws(FuzzFinding) {
    switch input.byte() & 7 {
    case 0: connection.receive(input.bytes(Int(input.byte())).span.bytes, now: now)
    case 1: try advance(.milliseconds(Int(input.byte()) * 250))
    case 2: connection.send(EncodedMessage(.binary(Array(input.bytes(Int(input.byte()))))))
    case 3: connection.close(CloseCode(rawValue: UInt16(input.byte()) * 20), "closed", now: now)
    case 4: try send(Int(input.byte()))
    case 5: connection.endInput(input.byte() & 1 == 0 ? nil : "reset")
    default:
      let first = input.byte()
      let payload = Array(input.bytes(Int(input.byte() & 0x7D)))
      connection.receive(([first, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload).span.bytes, now: now)
    }
    try handleEvents()
  }

  /// Lets time pass until the connection is over, which it must be soon if nothing comes any more.
  func finish() throws(FuzzFinding) {
    for _ in 0..<8 {
      try send(.max)
      guard let deadline = connection.nextDeadline else { break }
      try advance(max(.zero, deadline - now))
    }
    try require(connection.fate == .close, "a connection has no end")
    let isOpened = events.contains { if case .opened = $0 { true } else { false } }
    let ends = events.count { if case .ended = $0 { true } else { false } }
    try require(ends == (isOpened ? 1 : 0), "\(ends) ends of a WebSocket")
    if isOpened { try checkFrames() }
  }

  private func advance(_ duration: Duration) throws(FuzzFinding) {
    now += duration
    connection.check(now: now)
    try handleEvents()
  }

  private func send(_ countMax: Int) throws(FuzzFinding) {
    let count = min(countMax, connection.output.count)
    try require(output.count < 1 << 20, "too much is said")
    output += connection.output.prefix(count)
    connection.sent(count, now: now)
  }

  private func handleEvents() throws(FuzzFinding) {
    for isSettled in [false, true] {
      if isSettled { connection.settle(now: now) }
      for event in connection.takeEvents() {
        if case .ended = events.last { throw FuzzFinding("\(event) after the end") }
        if case .request = event { connection.respond(WebResponse(.notFound, "nothing"), now: now) }
        events.append(event)
      }
    }
  }

  /// What follows the answer to the handshake is whole frames, of which a close frame is the last, unless it was cut off.
  private func checkFrames() throws(FuzzFinding) {
    var rest = output[...]
    while !rest.isEmpty, !rest.starts(with: "\r\n\r\n".utf8) { rest.removeFirst() }
    rest = rest.dropFirst(4)
    var isClosed = false
    while let first = rest.popFirst(), let length = rest.popFirst() {
      try require(!isClosed, "a frame after a close frame")
      try require([0x81, 0x82, 0x88, 0x89, 0x8A].contains(first) && length <= 126, "a frame \(first) \(length)")
      isClosed = first == 0x88
      let extra = length == 126 ? rest.prefix(2) : []
      rest = rest.dropFirst(extra.count)
      rest = rest.dropFirst(length == 126 ? extra.reduce(0) { $0 << 8 | Int($1) } : Int(length))
    }
  }
}
