@testable import WebProtocol

/// A connection with a clock that the test sets, and what it has said.
final class Talk {
  var connection: WebConnection
  var now = Duration.seconds(100)
  private(set) var events: [WebConnection.Event] = []
  private(set) var output: [UInt8] = []
  private(set) var accepted: [Bool] = []

  init(
    _ limits: WebLimits = WebLimits(), _ policy: WebPolicy = WebPolicy(), localAddress: String = "192.168.1.5",
    isRefused: Bool = false
  ) {
    connection = WebConnection(
      limits: limits, policy: policy, localAddress: localAddress, isRefused: isRefused, now: now)
  }

  /// A WebSocket that is open, with nothing in `events` and `output` any more.
  static func open(_ limits: WebLimits = WebLimits()) -> Talk {
    let talk = Talk(limits)
    talk.receive(Client.upgrade())
    talk.events = []
    talk.output = []
    return talk
  }

  /// Hands in bytes; the host sends what waits unless it cannot.
  func receive(_ bytes: [UInt8], reads: Bool = true) {
    connection.receive(bytes.span.bytes, now: now)
    take(reads: reads)
  }

  func receive(_ text: String) { receive(Array(text.utf8)) }

  /// Sends a message, and keeps whether it was taken.
  func send(_ text: String) { accepted.append(connection.send(EncodedMessage(.text(text)))) }

  func advance(_ duration: Duration, reads: Bool = true) {
    now += duration
    connection.check(now: now)
    take(reads: reads)
  }

  func endInput() {
    connection.endInput()
    take()
  }

  func take(reads: Bool = true) {
    connection.settle(now: now)
    events += connection.takeEvents()
    guard reads else { return }
    output += connection.output
    connection.sent(connection.output.count, now: now)
  }

  var text: String { String(decoding: output, as: UTF8.self) }
  var fate: WebConnection.Fate { connection.fate }
  var isOpen: Bool { connection.isOpen }
  var nextDeadline: Duration? { connection.nextDeadline }
}

/// What a browser sends.
enum Client {
  static func get(_ target: String = "/", _ fields: String...) -> String {
    "GET \(target) HTTP/1.1\r\n" + (["Host: localhost:8765"] + fields).map { $0 + "\r\n" }.joined() + "\r\n"
  }

  static func upgrade(_ fields: String...) -> [UInt8] {
    let lines = [
      "GET / HTTP/1.1", "Host: localhost:8765", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
    ]
    return Array(((lines + fields).joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  /// A masked frame.
  ///
  /// - Parameter first: FIN, reserved bits and opcode, such as 0x81 for a whole text.
  static func frame(_ first: UInt8, _ payload: [UInt8], mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]) -> [UInt8] {
    let masked = payload.enumerated().map { $0.element ^ mask[$0.offset & 3] }
    var bytes = FrameStart.bytes(.text, masked)
    bytes[0] = first
    bytes[1] |= 0x80
    bytes.insert(contentsOf: mask, at: bytes.count - masked.count)
    return bytes
  }

  static func text(_ text: String) -> [UInt8] { frame(0x81, Array(text.utf8)) }
  static func fragment(_ first: UInt8, _ text: String) -> [UInt8] { frame(first, Array(text.utf8)) }
  static func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
    frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8)
  }
}

/// What a server sends.
enum Server {
  static func text(_ text: String) -> [UInt8] { FrameStart.bytes(.text, Array(text.utf8)) }
  static func pong(_ text: String) -> [UInt8] { FrameStart.bytes(.pong, Array(text.utf8)) }

  /// The code of a close frame that is the last thing in some bytes, and the only one.
  static func closeCode(_ bytes: [UInt8]) -> UInt16? {
    guard bytes.count >= 4, bytes[0] == 0x88, Int(bytes[1]) == bytes.count - 2 else { return nil }
    return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
  }
}
