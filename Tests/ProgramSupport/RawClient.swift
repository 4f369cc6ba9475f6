import BusSystem
import BusWire
import Testing

/// A client that speaks bytes, so that it can also say what no SDK would.
final class RawClient {
  private var socket: Socket?
  /// The id that WELCOME gave.
  private(set) var id: UInt32 = 0
  private var received: [UInt8] = []
  private var head = 0
  /// Frames that the manager says it dropped instead of sending them here.
  private(set) var lost: UInt64 = 0

  /// Connects and says nothing.
  init(_ address: BusAddress) throws {
    socket = try Socket.connect(to: address)
  }

  func close() { socket = nil }

  /// Says that nothing more will be sent.
  func shutdownWriting() { socket?.shutdownWriting() }

  // MARK: Sending

  /// Sends all bytes, reading nothing meanwhile.
  ///
  /// - Throws: `Deadline.Missed` if the other end does not take them; `SystemError` if it is gone.
  func send(_ bytes: [UInt8]) throws {
    let deadline = Deadline.next
    var offset = 0
    while offset < bytes.count {
      switch try sendSome(bytes[offset...]) {
      case 0:
        guard wait(writing: true, until: deadline) else { throw Deadline.Missed(what: "the manager takes bytes") }
      case let count: offset += count
      }
    }
  }

  /// Sends what the kernel takes at once.
  func sendSome(_ bytes: ArraySlice<UInt8>) throws -> Int {
    switch bytes.withUnsafeBytes({ socket?.send($0) ?? .endOfStream }) {
    case .bytes(let count): return count
    case .wouldBlock: return 0
    case .endOfStream: throw Ended(rest: "")
    case .failed(let error): throw error
    }
  }

  func send(_ frames: WireFrame...) throws { try send(frames.flatMap(\.bytes)) }

  func send<Frame: TypedFrame>(_ frame: Frame) throws { try send(WireFrame(frame)) }

  /// Sends the same bytes again and again until nothing is taken any more for a while.
  ///
  /// - Returns: how many bytes went out.
  func flood(_ bytes: [UInt8], limit: Int) throws -> Int {
    var count = 0
    while count < limit {
      let start = count % bytes.count
      let sent = try sendSome(bytes[start...])
      count += sent
      if sent == 0, !wait(writing: true, until: Clock.monotonic + 300_000_000) { break }
    }
    return count
  }

  // MARK: Reading

  /// Waits for the socket; false if the time is over.
  func wait(writing: Bool = false, until deadline: UInt64) -> Bool {
    var wait = DescriptorWait()
    guard let descriptor = socket?.descriptor else { return false }
    let index = wait.add(descriptor, writing: writing, reading: !writing)
    wait.wait(until: deadline)
    return wait.isReady(index)
  }

  /// Takes what has arrived; false at the end of the stream.
  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    switch buffer.withUnsafeMutableBytes({ socket?.receive(into: $0) ?? .endOfStream }) {
    case .bytes(let count): received += buffer[..<count]
    case .wouldBlock: break
    case .endOfStream: return false
    case .failed(let error): throw error
    }
    return true
  }

  private func takeFrame() -> WireFrame? {
    guard received.count - head >= FrameHeader.byteCount else { return nil }
    let header = received[head...].withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
    guard received.count - head >= header.frameByteCount else { return nil }
    defer {
      head += header.frameByteCount
      if head > received.count / 2 {
        received.removeFirst(head)
        head = 0
      }
    }
    return WireFrame(header: header, payload: Array(received[(head + 24)..<(head + header.frameByteCount)]))
  }

  /// The next frame.
  ///
  /// - Throws: `Ended` at the end of the stream, `Deadline.Missed` if nothing comes.
  func next() throws -> WireFrame {
    let deadline = Deadline.next
    while true {
      if let frame = try takeNews() { return frame }
      guard wait(until: deadline) else { throw Deadline.Missed(what: "a frame arrives") }
      guard try receive() else { throw Ended(rest: "\(received.count - head) bytes of a frame") }
    }
  }

  /// The next frame, if it has arrived already.
  func nextNow() throws -> WireFrame? {
    if let frame = try takeNews() { return frame }
    guard try receive() else { throw Ended(rest: "") }
    return try takeNews()
  }

  /// The next frame that is not about the connection itself: LOST is counted, and PING is not answered, because the
  /// answer could land in the middle of a frame that was sent in part.
  private func takeNews() throws -> WireFrame? {
    while let frame = takeFrame() {
      switch frame.header.type {
      case Lost.frameType.id: lost += try Lost(payload: frame.payload).count
      case Ping.frameType.id: continue
      default: return frame
      }
    }
    return nil
  }

  /// The manager has ended the connection.
  struct Ended: Error { let rest: String }

  func welcomed(_ welcome: Welcome) { id = welcome.module }
}
