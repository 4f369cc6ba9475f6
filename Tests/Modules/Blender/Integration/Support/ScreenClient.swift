import BusSystem
import JSONValue
import Testing

@testable import ProgramSupport

/// A screen: a WebSocket that a test speaks through.
final class ScreenClient {
  private let socket: Socket
  private var received: [UInt8] = []
  private var isOpen = false
  /// What the blender said instead of opening it.
  private var refusal: String?
  /// Messages that arrived and were not waited for yet.
  private var messages: [JSON] = []

  /// - Parameters:
  ///   - port: of the blender on this machine.
  ///   - head: further lines of the request, such as an origin.
  init(port: UInt16, head: String = "") throws {
    socket = try Socket.connect(to: .tcp(host: "127.0.0.1", port: port))
    try write(
      Array(
        """
        GET / HTTP/1.1\r
        Host: localhost:\(port)\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        \(head)\r

        """.utf8))
    try Deadline.wait(for: "the WebSocket is open") {
      read()
      return isOpen || refusal != nil
    }
    if let refusal { throw Refused(text: refusal) }
  }

  /// The WebSocket was not opened.
  struct Refused: Error {
    let text: String
  }

  /// Sends one message, masked with zeroes.
  func say(_ text: String) throws {
    let bytes = Array(text.utf8)
    var frame: [UInt8] = [0x81]
    switch bytes.count {
    case ..<126: frame.append(0x80 | UInt8(bytes.count))
    case ..<65_536: frame += [0xFE, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
    default: frame += [0xFF] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) }
    }
    try write(frame + [0, 0, 0, 0] + bytes)
  }

  /// The next message of a type that meets a condition; those before it are thrown away.
  @discardableResult
  func expect(_ type: String, where isMeant: (JSON) -> Bool = { _ in true }) throws -> JSON {
    var found: JSON?
    try Deadline.wait(for: "a message '\(type)'; arrived: \(messages.map(\.line))") {
      read()
      while found == nil, !messages.isEmpty {
        let message = messages.removeFirst()
        if message["type"]?.string == type, let data = message["data"], isMeant(data) { found = data }
      }
      return found != nil
    }
    return found!
  }

  /// Messages of a type that arrived and were not waited for, but for those that an `expect` threw away.
  func leftOver(_ type: String) -> [JSON] {
    read()
    return messages.filter { $0["type"]?.string == type }
  }

  /// The text of the next error.
  func expectError() throws -> String { try expect("error")["msg"]?.string ?? "" }

  private func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    try Deadline.wait(for: "the blender reads") {
      if case .bytes(let count) = rest.withUnsafeBytes({ socket.send($0) }) { rest = rest.dropFirst(count) }
      return rest.isEmpty
    }
  }

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while case .bytes(let count) = buffer.withUnsafeMutableBytes({ socket.receive(into: $0) }), count > 0 {
      received += buffer[..<count]
    }
    if !isOpen, let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
      isOpen = received.starts(with: Array("HTTP/1.1 101".utf8))
      if !isOpen { refusal = String(decoding: received, as: UTF8.self) }
      received.removeFirst(end.upperBound)
    }
    while isOpen, let (size, start) = frame, received.count >= start + size {
      let text = String(decoding: received[start..<start + size], as: UTF8.self)
      if received[0] == 0x81, let message = try? JSONParser.parse(text) { messages.append(message) }
      received.removeFirst(start + size)
    }
  }

  /// How long the payload of the next frame is, and where it begins.
  private var frame: (size: Int, start: Int)? {
    guard received.count >= 2 else { return nil }
    switch received[1] {
    case 126 where received.count >= 4: return (Int(received[2]) << 8 | Int(received[3]), 4)
    case 127 where received.count >= 10: return (received[2..<10].reduce(0) { $0 << 8 | Int($1) }, 10)
    case 126, 127: return nil
    default: return (Int(received[1]), 2)
    }
  }
}
