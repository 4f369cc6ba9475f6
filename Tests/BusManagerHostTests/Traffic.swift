import BusSystem
import BusWire

/// A sender and some receivers that move frames through a manager as fast as it goes, in one thread.
final class Traffic {
  struct Stuck: Error {}

  private let sender: Socket
  private var receivers = OwnedArray<Socket>()
  private var received: [Int]
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
  /// Frames of three types and sizes, in runs and alternating, with their requests.
  private let block: [UInt8]
  private static let framesPerBlock = 400

  init(_ address: BusAddress, receivers count: Int) throws {
    sender = try Self.connect(address, "sender")
    received = Array(repeating: 0, count: count)
    let all = Listen(
      entries: [ListenEntry(type: 0, instance: 0, anyInstance: true, values: true, requests: true)])
    for index in 0..<count {
      let receiver = try Self.connect(address, "receiver-\(index)")
      try Self.send(Self.frame(Listen.frameType.id, try all.payload()), to: receiver)
      try Self.waitForManager(receiver)
      receivers.append(receiver)
    }
    var block: [UInt8] = []
    for index in 0..<Self.framesPerBlock {
      let isInRun = index < 300
      let flags: FrameFlags = index % 50 == 49 ? .request : []
      block += Self.frame(
        isInRun ? 1 : UInt16(1 + index % 3), [UInt8](repeating: 7, count: isInRun ? 32 : index), flags: flags)
    }
    self.block = block
  }

  deinit { buffer.deallocate() }

  /// Sends so many frames and reads them at every receiver.
  func run(frames: Int) throws {
    for _ in 0..<(frames / Self.framesPerBlock) {
      try Self.send(block, to: sender)
      for index in received.indices { try read(index) }
    }
  }

  /// Reads one block. WELCOME and PINGs make it a little more at first, which is read with a later one.
  private func read(_ index: Int) throws {
    let deadline = Clock.monotonic + 20_000_000_000
    received[index] -= block.count
    while received[index] < 0 {
      switch receivers[index].receive(into: buffer) {
      case .bytes(let count): received[index] += count
      case .wouldBlock:
        var wait = DescriptorWait()
        wait.add(receivers[index].descriptor)
        wait.wait(until: deadline)
        guard Clock.monotonic < deadline else { throw Stuck() }
      case .endOfStream, .failed: throw Stuck()
      }
    }
  }

  private static func connect(_ address: BusAddress, _ name: String) throws -> Socket {
    let socket = try Socket.connect(to: address)
    let hello = Hello(
      version: WireProtocol.version, instance: 0, observer: false, pid: 0, name: name, client: "test",
      clientVersion: "1")
    try send(frame(Hello.frameType.id, try hello.payload()), to: socket)
    return socket
  }

  /// Returns when the manager has handled what was sent, and everything it said until then is read.
  private static func waitForManager(_ socket: borrowing Socket) throws {
    try send(frame(Ping.frameType.id, try Ping(token: 1).payload()), to: socket)
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    let deadline = Clock.monotonic + 20_000_000_000
    while Clock.monotonic < deadline {
      if case .bytes(let count) = piece.withUnsafeMutableBytes({ socket.receive(into: $0) }) {
        bytes += piece[..<count]
      }
      while bytes.count >= FrameHeader.byteCount {
        let header = bytes.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
        guard bytes.count >= header.frameByteCount else { break }
        bytes.removeFirst(header.frameByteCount)
        if header.type == Pong.frameType.id { return }
      }
    }
    throw Stuck()
  }

  private static func frame(_ type: UInt16, _ payload: [UInt8], flags: FrameFlags = []) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    let header = FrameHeader(size: UInt32(payload.count), type: type, flags: flags.with(.normal))
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    return bytes + payload
  }

  private static func send(_ bytes: ArraySlice<UInt8>, _ socket: borrowing Socket) -> Transfer {
    bytes.withUnsafeBytes { socket.send($0) }
  }

  private static func send(_ bytes: [UInt8], to socket: borrowing Socket) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      switch Self.send(rest, socket) {
      case .bytes(let count): rest = rest.dropFirst(count)
      case .wouldBlock:
        var wait = DescriptorWait()
        wait.add(socket.descriptor, writing: true, reading: false)
        wait.wait(until: Clock.monotonic + 1_000_000_000)
      case .endOfStream, .failed: throw Stuck()
      }
    }
  }
}
