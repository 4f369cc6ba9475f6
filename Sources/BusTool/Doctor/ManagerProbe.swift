import BusClient
import BusSystem

/// Asks at an address whether a manager is there, without a session: what answers may be anything.
enum ManagerProbe {
  /// What came of it.
  enum Answer: Equatable {
    /// A manager took this tool in.
    case manager(version: String, bus: String)
    /// A manager is there, but not for this tool.
    case refused(String)
    /// Somebody listens, and says nothing.
    case silent
    /// Somebody answers who is no manager.
    case stranger
    /// There is nobody, or nobody for this user.
    case failed(SystemError)
  }

  /// Says HELLO and waits for the answer.
  ///
  /// - Parameter patience: how long that may take.
  static func ask(_ address: BusAddress, patience: Duration = .seconds(2)) -> Answer {
    let deadline = Clock.monotonic(after: patience)
    do throws(SystemError) {
      let socket = try Socket.connect(to: address)
      var wait = DescriptorWait()
      wait.add(socket.descriptor, writing: true)
      wait.wait(until: deadline)
      switch hello.withUnsafeBytes({ socket.send($0) }) {
      case .failed(let error): return .failed(error)
      case .wouldBlock, .endOfStream: return .silent
      case .bytes: return answer(from: socket, until: deadline)
      }
    } catch {
      return .failed(error)
    }
  }

  private static let hello: [UInt8] = {
    let hello = Hello(
      version: WireProtocol.version, instance: 0, observer: true, pid: BusSystem.Process.id,
      name: "framebus-\(BusSystem.Process.id)", client: "framebus-doctor", clientVersion: ClientVersion.text)
    let payload = (try? hello.payload()) ?? []
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    let header = FrameHeader(size: UInt32(payload.count), type: Hello.frameType.id)
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    return bytes + payload
  }()

  private static func answer(from socket: borrowing Socket, until deadline: UInt64) -> Answer {
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while Clock.monotonic < deadline {
      switch buffer.withUnsafeMutableBytes({ socket.receive(into: $0) }) {
      case .bytes(let count):
        received += buffer[..<count]
        if let answer = answer(in: received) { return answer }
      case .wouldBlock:
        var wait = DescriptorWait()
        wait.add(socket.descriptor)
        wait.wait(until: deadline)
      case .endOfStream: return .stranger
      case .failed(let error): return .failed(error)
      }
    }
    return received.isEmpty ? .silent : .stranger
  }

  /// What the bytes so far mean; nil if more is needed.
  static func answer(in bytes: [UInt8]) -> Answer? {
    guard bytes.count >= FrameHeader.byteCount else { return nil }
    let header = bytes.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
    guard [Welcome.frameType.id, Goodbye.frameType.id].contains(header.type), header.size < 4096 else {
      return .stranger
    }
    let payload = Array(bytes.dropFirst(FrameHeader.byteCount).prefix(Int(header.size)))
    guard payload.count == Int(header.size) else { return nil }
    if header.type == Goodbye.frameType.id {
      return (try? Goodbye(payload: payload)).map { .refused($0.text) } ?? .stranger
    }
    return (try? Welcome(payload: payload)).map { .manager(version: $0.managerVersion, bus: $0.bus) } ?? .stranger
  }
}
