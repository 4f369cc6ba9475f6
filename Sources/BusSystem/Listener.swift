import CSys
import Glibc

/// Who may connect to a Unix socket.
package struct SocketAccess: Sendable {
  /// The permissions of its file; to connect one needs the right to write.
  package var mode: UInt32 = 0o660
  /// The group of its file; nil for that of the process.
  package var group: UInt32?

  package init() {}

  /// The number of a group.
  ///
  /// - Parameter name: its name, or its number in digits.
  /// - Returns: nil if this machine knows none of that name.
  package static func group(named name: String) -> UInt32? {
    UInt32(name) ?? getgrnam(name)?.pointee.gr_gid
  }
}

/// A socket that accepts connections.
package struct Listener: ~Copyable, Sendable {
  private let socket: Socket
  /// Goes with it; nil for TCP.
  private let file: SocketFile?
  /// Where it really listens: with the port that the system chose if 0 was asked for.
  package let address: BusAddress
  /// Whether only programs on this machine can connect.
  package let isLocal: Bool

  /// Starts to listen.
  ///
  /// A socket file that nobody answers at is a leftover of a manager that was killed, and is replaced.
  ///
  /// - Parameter access: who may connect to a Unix socket.
  /// - Throws: `SystemError`, with `EADDRINUSE` if somebody listens there, `EEXIST` if the path is no socket.
  package init(_ address: BusAddress, access: SocketAccess = SocketAccess()) throws(SystemError) {
    var file: SocketFile?
    if case .unix(let path) = address { file = try SocketFile(path) }
    let socket = try Self.bind(address)
    // Nobody can connect yet.
    try file?.adopt(access)
    guard listen(socket.descriptor.rawValue, SOMAXCONN) == 0 else { throw .last("listen on \(address)") }
    var bound = SocketAddress()
    guard bound.fill({ getsockname(socket.descriptor.rawValue, $0, $1) }) == 0 else { throw .last("getsockname") }
    isLocal = bound.isLoopback
    self.address = if case .tcp(let host, _) = address { .tcp(host: host, port: bound.port) } else { address }
    self.socket = socket
    self.file = file
  }

  /// A socket at the first address of a host that this machine has.
  private static func bind(_ address: BusAddress) throws(SystemError) -> Socket {
    var failure = SystemError(code: EADDRNOTAVAIL, call: "listen on \(address)")
    for target in try Socket.socketAddresses(of: address) {
      do throws(SystemError) {
        return try bind(target, named: address)
      } catch {
        failure = error
      }
    }
    throw failure
  }

  private static func bind(_ target: SocketAddress, named address: BusAddress) throws(SystemError) -> Socket {
    let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let raw = Glibc.socket(target.family, flags, 0)
    guard raw >= 0 else { throw .last("socket") }
    let socket = Socket(OwnedDescriptor(owning: raw))
    socket.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
    guard target.withPointer({ Glibc.bind(raw, $0, $1) }) == 0 else { throw .last("listen on \(address)") }
    return socket
  }

  /// Takes over a socket at which somebody else listens already, such as systemd. Its file stays when this goes.
  ///
  /// - Throws: `SystemError` if it is no listening stream socket of TCP or of a path.
  init(passed raw: Int32) throws(SystemError) {
    let owned = OwnedDescriptor(owning: raw)
    var bound = SocketAddress()
    guard Self.option(raw, SO_TYPE) == Int32(SOCK_STREAM.rawValue), Self.option(raw, SO_ACCEPTCONN) == 1,
      bound.fill({ getsockname(raw, $0, $1) }) == 0, let address = bound.busAddress
    else {
      throw SystemError(
        code: EINVAL, call: "listen on the passed descriptor \(raw)",
        advice: "only ListenStream= with a port or a path can be passed")
    }
    _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
    _ = fcntl(raw, F_SETFL, fcntl(raw, F_GETFL) | O_NONBLOCK)
    socket = Socket(owned)
    file = nil
    isLocal = bound.isLoopback
    self.address = address
  }

  private static func option(_ raw: Int32, _ name: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(raw, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  /// Readable when a connection waits.
  package var descriptor: FileDescriptor { socket.descriptor }

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
