import CSys
import Glibc

/// A socket that accepts connections.
package struct Listener: ~Copyable, Sendable {
  private let socket: Socket
  /// Where it really listens: with the port that the system chose if 0 was asked for.
  package let address: BusAddress
  /// Whether only programs on this machine can connect.
  package let isLocal: Bool

  /// Starts to listen.
  ///
  /// A socket file that nobody answers at is a leftover of a manager that was killed, and is replaced.
  ///
  /// - Throws: `SystemError`, with `EADDRINUSE` if somebody listens there, `EEXIST` if the path is no socket.
  package init(_ address: BusAddress) throws(SystemError) {
    if case .unix(let path) = address { try Self.removeStaleSocket(path) }
    let target = try Socket.socketAddress(of: address)
    let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let raw = Glibc.socket(target.family, flags, 0)
    guard raw >= 0 else { throw .last("socket") }
    let socket = Socket(OwnedDescriptor(owning: raw))
    socket.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
    guard target.withPointer({ bind(raw, $0, $1) }) == 0, listen(raw, SOMAXCONN) == 0 else {
      throw .last("listen on \(address)")
    }
    self.socket = socket
    isLocal = target.isLoopback
    self.address = Self.boundAddress(raw, asked: address)
  }

  /// Stops listening: the socket file goes with it.
  deinit {
    if case .unix(let path) = address { unlink(path) }
  }

  /// Readable when a connection waits.
  package var descriptor: FileDescriptor { socket.descriptor }

  private static func boundAddress(_ raw: Int32, asked: BusAddress) -> BusAddress {
    guard case .tcp(let host, _) = asked else { return asked }
    var bound = SocketAddress()
    return bound.fill { getsockname(raw, $0, $1) } == 0 ? .tcp(host: host, port: bound.port) : asked
  }

  private static func removeStaleSocket(_ path: String) throws(SystemError) {
    switch csys_is_socket(path) {
    case 1: break
    case 0: throw SystemError(code: EEXIST, call: "listen on \(path)")
    default: return
    }
    do throws(SystemError) {
      _ = try Socket.connect(to: .unix(path: path))
    } catch  where error.code == ECONNREFUSED {
      guard unlink(path) == 0 else { throw .last("remove the stale socket \(path)") }
      return
    }
    throw SystemError(code: EADDRINUSE, call: "listen on \(path)")
  }

  /// Accepts the next waiting connection; nil if there is none.
  ///
  /// - Throws: `SystemError`, with `EMFILE` if no descriptor is left.
  package func accept() throws(SystemError) -> Socket? {
    while true {
      let raw = accept4(descriptor.rawValue, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
      if raw >= 0 {
        let socket = Socket(OwnedDescriptor(owning: raw))
        socket.disableDelay()
        return socket
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EAGAIN: return nil
      default: throw .last("accept")
      }
    }
  }
}
