import CSys
import Glibc

/// A stream socket that never waits.
package struct Socket: ~Copyable, Sendable {
  private let owned: OwnedDescriptor

  init(_ owned: consuming OwnedDescriptor) {
    self.owned = owned
  }

  /// What the socket is waited for by.
  @inline(__always)
  package var descriptor: FileDescriptor { owned.descriptor }

  private static let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)

  /// Opens a socket and starts to connect it.
  ///
  /// On this machine that succeeds or fails at once; on a network the first transfer says how it went. The meaning of a
  /// name is waited for, so `ClientSocket` is for those who cannot wait.
  ///
  /// - Throws: `SystemError` if the other end refuses at once or the address means nothing.
  package static func connect(to address: BusAddress) throws(SystemError) -> Socket {
    var failure = SystemError(code: EHOSTUNREACH, call: "connect to \(address)")
    for target in try socketAddresses(of: address) {
      do throws(SystemError) {
        return try connect(to: target, named: address)
      } catch {
        failure = error
      }
    }
    throw failure
  }

  static func connect(to target: SocketAddress, named address: BusAddress) throws(SystemError) -> Socket {
    let raw = socket(target.family, flags, 0)
    guard raw >= 0 else { throw .last("socket") }
    let socket = Socket(OwnedDescriptor(owning: raw))
    if target.withPointer({ Glibc.connect(raw, $0, $1) }) != 0, errno != EINPROGRESS {
      throw .last("connect to \(address)")
    }
    socket.disableDelay()
    return socket
  }

  static func socketAddresses(of address: BusAddress) throws(SystemError) -> [SocketAddress] {
    switch address {
    case .tcp(let host, let port): try SocketAddress.resolve(host: host, port: port)
    case .unix(let path): [SocketAddress(unixPath: path)]
    }
  }

  /// Reads what has arrived.
  @inline(__always)
  package func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    while true {
      let count = recv(descriptor.rawValue, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .endOfStream }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      default: return .failed(.last("receive"))
      }
    }
  }

  /// Sends what fits into the kernel's buffer.
  @inline(__always)
  package func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    while true {
      let count = Glibc.send(descriptor.rawValue, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return .bytes(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      default: return .failed(.last("send"))
      }
    }
  }

  /// Sends several pieces of memory with one call, as far as they fit into the kernel's buffer.
  func send(_ pieces: UnsafeMutableBufferPointer<iovec>) -> Transfer {
    var message = msghdr()
    message.msg_iov = pieces.baseAddress
    message.msg_iovlen = pieces.count
    while true {
      let count = sendmsg(descriptor.rawValue, &message, Int32(MSG_NOSIGNAL))
      if count >= 0 { return .bytes(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      default: return .failed(.last("send"))
      }
    }
  }

  /// The address of this machine that the other side reached, without a port; nil for a Unix socket.
  package var localHost: String? {
    var address = SocketAddress()
    return address.fill { getsockname(descriptor.rawValue, $0, $1) } == 0 ? address.numericHost : nil
  }

  /// Where the other side is, such as `192.168.1.7:51200`; nil for a Unix socket or a connection that is gone.
  package var peer: BusAddress? {
    var address = SocketAddress()
    guard address.fill({ getpeername(descriptor.rawValue, $0, $1) }) == 0 else { return nil }
    return address.numericHost.map { .tcp(host: $0, port: address.port) }
  }

  /// The process at the other end of a Unix socket and its user, as they were when it connected; nil if the kernel does
  /// not know them, as over TCP.
  package var peerProcess: (id: UInt32, user: UInt32)? {
    var (id, user): (UInt32, UInt32) = (0, 0)
    return csys_peer(descriptor.rawValue, &id, &user) == 0 ? (id, user) : nil
  }

  /// Says that nothing more will be sent; what the other side still sends can be read.
  package func shutdownWriting() {
    _ = shutdown(descriptor.rawValue, Int32(SHUT_WR))
  }

  /// Bounds the kernel's buffers, in bytes, so that what waits, waits where it can be ordered and counted.
  package func setBufferSizes(send: Int, receive: Int) {
    setOption(SOL_SOCKET, SO_SNDBUF, Int32(clamping: send))
    setOption(SOL_SOCKET, SO_RCVBUF, Int32(clamping: receive))
  }

  /// Has the other side learn of the end at once, whatever ends this program: the connection is reset, and what has not
  /// been read is dropped.
  package func setResetsAtEnd() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    _ = setsockopt(descriptor.rawValue, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
  }

  /// Notices within this long that the other side is gone without a word, as when its cable was pulled.
  package func setNoticesLoss(afterSeconds seconds: Int32) {
    setOption(SOL_SOCKET, SO_KEEPALIVE, 1)
    setOption(Int32(IPPROTO_TCP), TCP_KEEPIDLE, max(1, seconds / 2))
    setOption(Int32(IPPROTO_TCP), TCP_KEEPINTVL, max(1, seconds / 6))
    setOption(Int32(IPPROTO_TCP), TCP_KEEPCNT, 3)
    setOption(Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, seconds * 1000)
  }

  /// Sends small frames at once. Does nothing on a Unix socket, which always does.
  func disableDelay() {
    setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
  }

  func setOption(_ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    _ = setsockopt(descriptor.rawValue, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}
