import BusSystem

/// The link of a module: a TCP or Unix socket.
package final class SocketLink: Link {
  private var socket: Socket?

  private static let socketBufferBytes = 256 << 10

  package init() {}

  package var monotonicTime: UInt64 { Clock.monotonic }
  package var wallTime: UInt64 { Clock.wall }
  package func random(below bound: UInt64) -> UInt64 { Process.random(below: bound) }

  package func open(_ address: BusAddress) throws(SystemError) {
    let socket = try Socket.connect(to: address)
    // What is not read waits in the manager, where what is urgent overtakes it.
    socket.setBufferSizes(send: Self.socketBufferBytes, receive: Self.socketBufferBytes)
    self.socket = consume socket
  }

  package func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    socket?.receive(into: buffer) ?? .endOfStream
  }

  package func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    socket?.send(bytes) ?? .endOfStream
  }

  package func close() {
    socket = nil
  }

  package func wait(
    forBytes: Bool, forRoom: Bool, others: [WakeInterest], until deadline: UInt64
  ) -> [FileDescriptor] {
    var wait = DescriptorWait()
    for other in others { wait.add(other.descriptor, writing: other.writing) }
    // The end of the connection is always reported, so a socket that nothing is asked of must stay out.
    if let socket = socket?.descriptor, forBytes || forRoom { wait.add(socket, writing: forRoom, reading: forBytes) }
    wait.wait(until: deadline)
    return others.indices.filter { wait.isReady($0) }.map { others[$0].descriptor }
  }
}
