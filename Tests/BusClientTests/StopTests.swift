import BusSystem
import BusWire
import Synchronization
import Testing

@testable import BusClient
@testable import BusTesting

@Suite("The end of a client", .timeLimit(.minutes(1)))
struct StopTests {
  /// A manager that begins to read only when the client has taken much more than it wants, or is gone.
  private final class LatePeer: Sendable {
    let address: BusAddress
    /// The types of the frames that came, in order; empty until its end.
    let types = Mutex<[UInt16]>([])
    private let thread: Mutex<Thread?>

    init() throws {
      let listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
      address = listener.address
      thread = Mutex(nil)
      let handover = Mutex<Listener?>(listener)
      let thread = try Thread { [self] in
        if let listener = handover.withLock({ $0.take() }) { try? serve(listener) }
      }
      self.thread.withLock { $0 = thread }
    }

    func join() { thread.withLock { $0.take() }?.join() }

    private func serve(_ listener: consuming Listener) throws {
      Self.wait(for: listener.descriptor)
      guard let socket = try listener.accept() else { return }
      var received: [UInt8] = []
      _ = Self.receive(socket, &received)
      let welcome = Welcome(
        version: WireProtocol.version, module: 1, bus: "late", managerVersion: "1", payloadBytesMax: 1 << 20,
        queueBytesMax: 1 << 20)
      _ = Self.send(socket, try Self.bytes(welcome))
      let unwanted = [UInt8](repeating: 0, count: 64 << 10)
      let frame = Self.bytes(FrameHeader(size: UInt32(unwanted.count), type: 4100), unwanted)
      for _ in 0..<64 where !Self.send(socket, frame) { break }
      while Self.receive(socket, &received) {}
      let frames = received
      types.withLock { $0 = Self.types(of: frames) }
      _ = Self.send(socket, try Self.bytes(Goodbye(code: .leaving, text: "goodbye")))
    }

    private static func wait(for descriptor: FileDescriptor, writing: Bool = false) {
      var wait = DescriptorWait()
      wait.add(descriptor, writing: writing, reading: !writing)
      wait.wait(until: nil)
    }

    /// - Returns: false at the end of the connection.
    private static func receive(_ socket: borrowing Socket, _ bytes: inout [UInt8]) -> Bool {
      wait(for: socket.descriptor)
      var buffer = [UInt8](repeating: 0, count: 4096)
      guard case .bytes(let count) = buffer.withUnsafeMutableBytes({ socket.receive(into: $0) }) else { return false }
      bytes += buffer[..<count]
      return true
    }

    /// - Returns: false if the other end is gone.
    private static func send(_ socket: borrowing Socket, _ bytes: [UInt8]) -> Bool {
      var rest = bytes[...]
      while !rest.isEmpty {
        wait(for: socket.descriptor, writing: true)
        switch rest.withUnsafeBytes({ socket.send($0) }) {
        case .bytes(let count): rest = rest.dropFirst(count)
        case .wouldBlock: continue
        case .endOfStream, .failed: return false
        }
      }
      return true
    }

    private static func bytes<Frame: TypedFrame>(_ frame: Frame) throws -> [UInt8] {
      let payload = try frame.payload()
      return bytes(FrameHeader(size: UInt32(payload.count), type: Frame.frameType.id), payload)
    }

    private static func bytes(_ header: FrameHeader, _ payload: [UInt8]) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
      bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
      return bytes + payload
    }

    private static func types(of bytes: [UInt8]) -> [UInt16] {
      var rest = bytes[...]
      var types: [UInt16] = []
      while rest.count >= FrameHeader.byteCount {
        let header = rest.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
        guard rest.count >= header.frameByteCount else { break }
        types.append(header.type)
        rest = rest.dropFirst(header.frameByteCount)
      }
      return types
    }
  }

  @Test("stop loses nothing of what was sent over TCP, although frames wait unread at this end")
  func unread() throws {
    let peer = try LatePeer()
    let lines = Mutex<[String]>([])
    var configuration = BusConfiguration(name: "client")
    configuration.address = peer.address
    configuration.log = Log(level: .warning) { line in lines.withLock { $0.append(line) } }
    let bus = try Bus(configuration)
    bus.listen(for: FrameType(id: 4100))
    try bus.connect(timeout: .seconds(60))
    while bus.session.room() != nil { bus.waitOnce(until: .max) }
    for _ in 0..<200 { try bus.send(payload: [UInt8](repeating: 1, count: 1000), of: FrameType(id: 5000)) }
    bus.stop()
    peer.join()
    let types = peer.types.withLock { $0 }
    #expect(types.count { $0 == 5000 } == 200 && types.last == Goodbye.frameType.id)
    #expect(lines.withLock { $0 } == [])
  }

  @Test("stop ends although the manager takes nothing, and the log says what that may have cost")
  func deaf() throws {
    let lines = Mutex<[String]>([])
    let link = MockLink()
    var configuration = BusConfiguration(name: "client")
    configuration.address = .tcp(host: "mock", port: 0)
    configuration.log = Log(level: .warning) { line in lines.withLock { $0.append(line) } }
    let bus = try Bus(configuration, link: link)
    try bus.connect()
    link.takesFrames = false
    for _ in 0..<3 { try bus.send(payload: [1], of: FrameType(id: 5000)) }
    let start = bus.now
    bus.stop()
    #expect(bus.now - start == .seconds(2))
    let logged = lines.withLock { $0 }
    #expect(logged.count == 1 && logged[0].contains("event=goodbye_unanswered module=client "), "\(logged)")
    #expect(logged[0].contains("not_sent=3"), "\(logged)")
  }
}
