import Foundation
import Testing

@testable import BusSystem

@Suite("A client's socket", .timeLimit(.minutes(1)))
struct ClientSocketTests {
  private static let name = "manager.test"

  private func port(of listener: borrowing Listener) -> UInt16 {
    if case .tcp(_, let port) = listener.address { port } else { 0 }
  }

  private func socket(
    port: UInt16, patience: ClientSocket.Patience = ClientSocket.Patience(), _ resolver: @escaping HostLookup.Resolver
  ) throws -> ClientSocket {
    try ClientSocket(
      to: .tcp(host: Self.name, port: port), bufferBytes: 1 << 16, patience: patience, resolver: resolver)
  }

  /// Transfers until it is known what comes of it.
  private func settle(_ socket: inout ClientSocket, _ transfer: (inout ClientSocket) -> Transfer) -> Transfer {
    while true {
      let result = transfer(&socket)
      guard result == .wouldBlock, let (descriptor, isConnection) = socket.descriptor else { return result }
      var wait = DescriptorWait()
      wait.add(descriptor, writing: isConnection)
      wait.wait(until: socket.deadline)
    }
  }

  private func send(_ socket: inout ClientSocket) -> Transfer {
    settle(&socket) { socket in [UInt8](repeating: 1, count: 9).withUnsafeBytes { socket.send($0) } }
  }

  @Test("finds who listens at one of a name's addresses, whichever comes first", arguments: [false, true])
  func addresses(isLast: Bool) throws {
    let listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
    var socket = try socket(port: port(of: listener)) { host, port throws(SystemError) in
      #expect(host == Self.name)
      let hosts = isLast ? ["::1", "127.0.0.9", "127.0.0.1"] : ["127.0.0.1", "::1"]
      var addresses: [SocketAddress] = []
      for host in hosts { addresses += try SocketAddress.resolve(host: host, port: port) }
      return addresses
    }
    #expect(send(&socket) == .bytes(9))
    let accepted = try listener.accept()
    #expect(accepted?.peer != nil)
  }

  @Test("goes on to the next address when one says nothing, and stays with the last")
  func silent() throws {
    let listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
    var patience = ClientSocket.Patience()
    patience.address = 0
    var socket = try socket(port: port(of: listener), patience: patience) { _, port throws(SystemError) in
      let address = try SocketAddress.resolve(host: "127.0.0.1", port: port)
      return address + address
    }
    var buffer = [UInt8](repeating: 0, count: 9)
    var connections = 0
    while connections < 2 {
      #expect(buffer.withUnsafeMutableBytes { socket.receive(into: $0) } == .wouldBlock)
      if try listener.accept() != nil { connections += 1 }
    }
    #expect(socket.deadline == nil)
  }

  @Test("says that nobody listens there, that a name is not known, or that nobody says what it means")
  func failures() throws {
    let refused = try socket(port: 1) { _, port throws(SystemError) in
      try SocketAddress.resolve(host: "127.0.0.1", port: port)
    }
    expect(refused, SystemError.connectionRefused, "Connection refused")
    let unknown = try socket(port: 1) { _, port throws(SystemError) in
      try SocketAddress.resolve(host: "no such host", port: port)
    }
    expect(unknown, nil, "the host 'no such host' is not known (Name or service not known)")
    let empty = try socket(port: 1) { _, _ in [] }
    expect(empty, nil, "the host 'manager.test' is not known")
    var patience = ClientSocket.Patience()
    patience.lookup = 1_000_000
    let gate = DispatchSemaphore(value: 0)
    let silent = try socket(port: 1, patience: patience) { _, _ in
      gate.wait()
      return []
    }
    expect(silent, SystemError.timedOut, "no name server says in time where the host 'manager.test' is")
    gate.signal()
  }

  private func expect(
    _ socket: consuming ClientSocket, _ code: Int32?, _ reason: String, _ location: SourceLocation = #_sourceLocation
  ) {
    guard case .failed(let error) = send(&socket) else {
      Issue.record("it did not fail", sourceLocation: location)
      return
    }
    #expect(error.reason == reason && error.code == code ?? error.code, sourceLocation: location)
    #expect(send(&socket) == .failed(error), sourceLocation: location)
  }

  @Test("a number is the address itself, and no name")
  func numbers() throws {
    #expect(try SocketAddress.resolve(host: "127.0.0.1", port: 7).map(\.port) == [7])
    #expect(try SocketAddress.resolve(host: "::1", port: 7).map(\.isLoopback) == [true])
    #expect(SocketAddress.numeric(host: "localhost", port: 7) == nil)
    #expect(try SocketAddress.resolve(host: "localhost", port: 7).allSatisfy(\.isLoopback))
  }
}
