import BusSystem
import Testing
import WebProtocol

@testable import WebServer

/// A server and its browsers in one thread, with a clock that the test sets.
final class World {
  var server: WebServer
  private(set) var browsers: [Browser] = []
  private(set) var events: [WebEvent] = []
  var now = Duration.seconds(50)
  /// What the program does with an event.
  var program: (World, WebEvent) -> Void = { _, _ in }

  init(_ settings: WebSettings = WebSettings(), host: String = "127.0.0.1") throws {
    server = try WebServer(.tcp(host: host, port: 0), settings)
  }

  var address: BusAddress { server.address }
  var port: UInt16 { if case .tcp(_, let port) = server.address { port } else { 0 } }

  /// A connection that has said nothing.
  func connect(to host: String? = nil) throws -> Browser {
    let address = host.map { .tcp(host: $0, port: port) } ?? server.address
    let browser = Browser(try Socket.connect(to: address), port: port)
    browsers.append(browser)
    return browser
  }

  /// A WebSocket that is open.
  func open() throws -> Browser {
    let browser = try connect()
    browser.say(browser.upgrade)
    try run("a WebSocket") { browser.text.contains("\r\n\r\n") }
    #expect(browser.text.hasPrefix("HTTP/1.1 101 "))
    browser.forget()
    return browser
  }

  /// One turn, and what the program does with its events.
  func turn() {
    for event in server.turn(now: now) {
      events.append(event)
      program(self, event)
    }
    server.flush()
    for browser in browsers where browser.reads { browser.read() }
  }

  /// Turns until a condition holds.
  ///
  /// - Throws: `Missed` if it does not within a minute.
  func run(_ what: String, until condition: () -> Bool) throws {
    let deadline = Clock.monotonic + 60_000_000_000
    while true {
      turn()
      if condition() { return }
      guard Clock.monotonic < deadline else { throw Missed(what: what) }
      var wait = DescriptorWait()
      wait.add(server.descriptor)
      for browser in browsers where browser.reads && !browser.isAtEnd { wait.add(browser.descriptor) }
      if server.nextDeadline == now { continue }
      wait.wait(until: Clock.monotonic + 5_000_000)
    }
  }

  struct Missed: Error {
    let what: String
  }
}

/// The other end of a connection.
final class Browser {
  private let socket: Socket
  private let port: UInt16
  private(set) var received: [UInt8] = []
  private(set) var isAtEnd = false
  private var unsent: [UInt8] = []
  var reads = true

  init(_ socket: consuming Socket, port: UInt16) {
    self.socket = socket
    self.port = port
  }

  var descriptor: FileDescriptor { socket.descriptor }
  var text: String { String(decoding: received, as: UTF8.self) }

  func forget() { received = [] }
  func shutdown() { socket.shutdownWriting() }

  /// Sends what fits, and the rest whenever it reads.
  func say(_ bytes: [UInt8]) {
    unsent += bytes
    sendRest()
  }

  func say(_ text: String) { say(Array(text.utf8)) }

  private func sendRest() {
    guard !unsent.isEmpty, case .bytes(let count) = unsent.withUnsafeBytes({ socket.send($0) }) else { return }
    unsent.removeFirst(count)
  }

  func read() {
    sendRest()
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    switch buffer.withUnsafeMutableBytes({ socket.receive(into: $0) }) {
    case .bytes(let count): received += buffer[..<count]
    case .wouldBlock: break
    case .endOfStream, .failed: isAtEnd = true
    }
  }

  func get(_ path: String, host: String = "localhost") -> String {
    "GET \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\n\r\n"
  }

  var upgrade: String {
    """
    GET /screen HTTP/1.1\r
    Host: localhost:\(port)\r
    Upgrade: websocket\r
    Connection: Upgrade\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    Sec-WebSocket-Version: 13\r
    \r

    """
  }

  /// A masked frame of a payload that is shorter than 126 bytes, by a mask of zeroes.
  static func frame(_ first: UInt8, _ text: String) -> [UInt8] {
    [first, 0x80 | UInt8(text.utf8.count), 0, 0, 0, 0] + text.utf8
  }

  func sayText(_ text: String) { say(Self.frame(0x81, text)) }
}
