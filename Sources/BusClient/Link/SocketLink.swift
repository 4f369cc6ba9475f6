import BusSystem

/// The link of a module: a TCP or Unix socket.
package final class SocketLink: Link {
  private var socket: ClientSocket?
  private let patience: ClientSocket.Patience
  private let resolver: HostLookup.Resolver

  private static let socketBufferBytes = 256 << 10

  /// - Parameters:
  ///   - patience: how long it waits for what a host has to say.
  ///   - resolver: says what the name of a host means; the system by default.
  package init(
    patience: ClientSocket.Patience = ClientSocket.Patience(),
    resolver: @escaping HostLookup.Resolver = SocketAddress.resolve
  ) {
    self.patience = patience
    self.resolver = resolver
  }

  package var monotonicTime: UInt64 { Clock.monotonic }
  package var coarseTime: UInt64 { Clock.monotonicCoarse }
  package var wallTime: UInt64 { Clock.wall }
  package func random(below bound: UInt64) -> UInt64 { Process.random(below: bound) }

  package func open(_ address: BusAddress) throws(SystemError) {
    // What is not read waits in the manager, where what is urgent overtakes it.
    socket = try ClientSocket(
      to: address, bufferBytes: Self.socketBufferBytes, patience: patience, resolver: resolver)
  }

  package func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    socket?.receive(into: buffer) ?? .endOfStream
  }

  package func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    socket?.send(bytes) ?? .endOfStream
  }

  package func endSending() {
    socket?.shutdownWriting()
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
    if forBytes || forRoom, let (descriptor, isConnection) = socket?.descriptor {
      wait.add(descriptor, writing: isConnection && forRoom, reading: !isConnection || forBytes)
    }
    wait.wait(until: min(deadline, (socket?.deadline).flatMap(\.self) ?? .max))
    return others.indices.filter { wait.isReady($0) }.map { others[$0].descriptor }
  }
}
