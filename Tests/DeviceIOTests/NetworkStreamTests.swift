import BusSystem
import DeviceIO
import TestSupport
import Testing

@Suite("A connection over the network")
struct NetworkStreamTests {
  private static func listener() throws -> NetworkListener { try NetworkListener(.tcp(host: "127.0.0.1", port: 0)) }

  /// Both ends of a connection.
  private func connected() throws -> Ends {
    let listener = try Self.listener()
    let near = try NetworkStream(to: listener.address)
    while true {
      if let far = try listener.accept() { return Ends(near: near, far: far) }
    }
  }

  private struct Ends: ~Copyable {
    var near: NetworkStream
    var far: NetworkStream?

    /// What the far end reads until it has this many bytes, or an end.
    mutating func farReads(_ count: Int) -> ([UInt8], NetworkStream.End?) {
      var bytes: [UInt8] = []
      while bytes.count < count {
        _ = near.flush()
        if let end = far?.read(into: &bytes) { return (bytes, end) }
      }
      return (bytes, nil)
    }
  }

  @Test("carries bytes, more of them than the system takes at once")
  func carries() throws {
    var ends = try connected()
    let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let isTaken = ends.near.write(bytes)
    #expect(isTaken)
    let (read, end) = ends.farReads(bytes.count)
    #expect(read == bytes && end == nil)
    let waiting = ends.near.waitingBytes
    #expect(waiting == 0)
  }

  @Test("keeps a limit of bytes that wait, and takes nothing of what is over it")
  func limit() throws {
    let listener = try Self.listener()
    var near = try NetworkStream(to: listener.address, outputBytesMax: 10)
    var taken = near.write([UInt8](repeating: 1, count: 11))
    #expect(!taken && near.waitingBytes == 0)
    taken = near.write([UInt8](repeating: 1, count: 10))
    #expect(taken)
    taken = near.write([1])
    #expect(!taken)
  }

  @Test("is reset when its owner goes, so that the other side learns of it")
  func reset() throws {
    var ends = try connected()
    ends.far = nil
    var bytes: [UInt8] = []
    var end: NetworkStream.End?
    while end == nil { end = ends.near.read(into: &bytes) }
    guard case .lost(let error)? = end else {
      Issue.record("the end of the connection was \(String(describing: end))")
      return
    }
    #expect(error.reason == "Connection reset by peer")
  }

  @Test("is refused where nobody listens, and to a host whose name somebody would have to be asked for")
  func refused() throws {
    #expect(throws: SystemError.self) { _ = try NetworkStream(to: .tcp(host: "localhost.example", port: 1)) }
    let address: BusAddress
    do { address = try NetworkListener(.tcp(host: "127.0.0.1", port: 0)).address }
    do throws(SystemError) {
      var stream = try NetworkStream(to: address)
      var bytes: [UInt8] = []
      var end: NetworkStream.End?
      while end == nil { end = stream.read(into: &bytes) }
      #expect(end != .closed)
    } catch {
      #expect(error.code == SystemError.connectionRefused)
    }
  }
}
