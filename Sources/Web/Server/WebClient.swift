import BusSystem
import WebProtocol

/// The socket of a browser's connection, and the conversation on it.
final class WebClient {
  let id: WebClientID
  /// Where the browser is.
  let peer: BusAddress?
  /// It came when there were enough, and is only told so.
  let isRefused: Bool
  var connection: WebConnection
  private let socket: Socket
  private var watched: Poller.Interest = .reading
  /// The socket took less than there was; the poller says when it takes more.
  private var isBlocked = false
  private var isShut = false

  /// What a socket buffers in the kernel, each way; the rest waits where it is counted.
  private static let socketBufferBytes = 128 << 10

  /// - Throws: `SystemError` if the system cannot watch one more.
  init(
    _ id: WebClientID, _ socket: consuming Socket, isRefused: Bool, _ connection: consuming WebConnection,
    _ poller: borrowing Poller
  ) throws(SystemError) {
    socket.setBufferSizes(send: Self.socketBufferBytes, receive: Self.socketBufferBytes)
    try poller.add(socket.descriptor, .reading, token: id.number)
    self.id = id
    self.isRefused = isRefused
    peer = socket.peer
    self.connection = connection
    self.socket = socket
  }

  /// Whether a turn would do something for it, whatever arrives.
  var needsTurn: Bool {
    connection.hasEvents || connection.isEnding || connection.fate == .close || !isBlocked && !connection.output.isEmpty
  }

  /// Reads what has arrived, as much as fits into the buffer.
  func receive(_ event: Poller.Event, _ buffer: inout [UInt8], now: Duration) {
    if event.isWritable { isBlocked = false }
    guard event.isReadable || event.isHangUp else { return }
    guard !connection.hasInputEnded else { return connection.endInput("the connection broke") }
    switch buffer.withUnsafeMutableBytes({ socket.receive(into: $0) }) {
    case .bytes(let count): connection.receive(buffer.span.bytes.extracting(first: count), now: now)
    case .wouldBlock: break
    case .endOfStream: connection.endInput()
    case .failed(let error): connection.endInput(error.reason)
    }
  }

  /// Sends what waits with one call, and has the poller watch for what comes next.
  func flush(_ poller: borrowing Poller, now: Duration) {
    if !isBlocked, !connection.output.isEmpty { send(now) }
    if connection.fate == .shutdownWriting, !isShut {
      isShut = true
      socket.shutdownWriting()
    }
    var interest: Poller.Interest = connection.hasInputEnded ? [] : .reading
    if isBlocked { interest.insert(.writing) }
    guard interest != watched else { return }
    watched = interest
    try? poller.modify(socket.descriptor, interest, token: id.number)
  }

  private func send(_ now: Duration) {
    let count = connection.output.count
    switch connection.output.withUnsafeBytes({ socket.send($0) }) {
    case .bytes(let sent):
      isBlocked = sent < count
      connection.sent(sent, now: now)
    case .wouldBlock: isBlocked = true
    case .endOfStream: break
    case .failed(let error): connection.endInput(error.reason)
    }
  }
}
