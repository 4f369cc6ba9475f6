import BusClient
import BusSystem
import BusWire
import Glibc

/// A module's link over the simulated network. It watches what passes, on behalf of the oracle.
final class FaultyLink: Link {
  private unowned let world: World
  private unowned let module: ModuleProcess
  private(set) var connection: Connection?

  init(_ world: World, _ module: ModuleProcess) {
    self.world = world
    self.module = module
  }

  var monotonicTime: UInt64 { world.time }
  var wallTime: UInt64 { world.wallTime }

  func random(below bound: UInt64) -> UInt64 {
    bound > 0 ? .random(in: 0..<bound, using: &world.random) : 0
  }

  func open(_ address: BusAddress) throws(SystemError) {
    guard let connection = world.connect() else {
      throw SystemError(code: SystemError.connectionRefused, call: "connect to \(address)")
    }
    self.connection = connection
    module.connectionBegins(connection)
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    guard let connection else { return .endOfStream }
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<world.part(of: buffer.count)])
    let count = connection.toModule.read(into: part)
    guard count > 0 else { return connection.toModule.isAtEnd ? world.endOfConnection() : .wouldBlock }
    connection.incoming.append(UnsafeRawBufferPointer(rebasing: part[..<count]))
    while let message = connection.incoming.next() { module.arrives(message, connection) }
    return .bytes(count)
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    guard let connection else { return .endOfStream }
    if connection.toManager.isClosed { return .failed(SystemError(code: EPIPE, call: "send")) }
    let count = connection.toManager.write(UnsafeRawBufferPointer(rebasing: bytes[..<world.part(of: bytes.count)]))
    guard count > 0 else { return .wouldBlock }
    connection.outgoing.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    while let message = connection.outgoing.next() {
      if message.header.type < FrameType.firstBusID, let problem = connection.sent.leaves(message) {
        world.fail("\(module.name): \(problem)")
      }
    }
    return .bytes(count)
  }

  func endSending() {}

  func close() {
    guard let connection else { return }
    module.connectionEnds(connection)
    connection.closeModuleEnd()
    self.connection = nil
  }

  func wait(
    forBytes: Bool, forRoom: Bool, others: [WakeInterest], until deadline: UInt64
  ) -> [FileDescriptor] {
    world.pass(until: deadline) {
      guard let connection = self.connection else { return false }
      return (forBytes && connection.toModule.isReadable)
        || (forRoom && (connection.toManager.roomBytes > 0 || connection.toManager.isClosed))
    }
    return []
  }
}
