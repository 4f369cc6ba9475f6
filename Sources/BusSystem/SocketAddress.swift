import CSys
import Glibc

/// A socket address as the kernel takes it.
package struct SocketAddress: Sendable {
  private var storage = sockaddr_storage()
  private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

  /// An empty one, to be filled by the kernel.
  init() {}

  /// Copies an address that the resolver made.
  init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
    self.length = length
    withUnsafeMutableBytes(of: &storage) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
    }
  }

  /// The address of a Unix socket; `path` must be at most `BusAddress.pathBytesMax` bytes.
  init(unixPath path: String) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8.prefix(BusAddress.pathBytesMax))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    // A leading '@' names a socket outside of the file system (systemd's NOTIFY_SOCKET may be one).
    let isAbstract = bytes.first == UInt8(ascii: "@")
    if isAbstract { withUnsafeMutableBytes(of: &address.sun_path) { $0[0] = 0 } }
    length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
    withUnsafeMutableBytes(of: &storage) { target in
      withUnsafeBytes(of: address) { target.copyMemory(from: $0) }
    }
  }

  var family: Int32 { Int32(storage.ss_family) }

  /// Whether only programs on this machine can reach it.
  var isLoopback: Bool {
    switch family {
    case AF_UNIX: true
    case AF_INET: withUnsafeBytes(of: storage) { $0[4] == 127 }
    case AF_INET6:
      withUnsafeBytes(of: storage) { bytes in bytes[8..<23].allSatisfy { $0 == 0 } && bytes[23] == 1 }
    default: false
    }
  }

  /// The TCP port in it.
  var port: UInt16 {
    withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
  }

  /// The numeric address without the port, such as `127.0.0.1`; nil for a Unix socket. An IPv4 address that came
  /// through an IPv6 socket is written as one of IPv4.
  var numericHost: String? {
    guard family == AF_INET || family == AF_INET6 else { return nil }
    let text: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
      let code = withPointer { getnameinfo($0, $1, buffer.baseAddress, socklen_t(NI_MAXHOST), nil, 0, NI_NUMERICHOST) }
      return code == 0 ? String(cString: buffer.baseAddress!) : nil
    }
    return text.map { $0.hasPrefix("::ffff:") && $0.contains(".") ? String($0.dropFirst(7)) : $0 }
  }

  /// The address as a bus has it; nil for a Unix socket without a path, and for other kinds of sockets.
  var busAddress: BusAddress? {
    guard family == AF_UNIX else { return numericHost.map { .tcp(host: $0, port: port) } }
    let path = withUnsafeBytes(of: storage) { bytes in
      String(decoding: bytes[2..<max(2, min(Int(length), bytes.count))].prefix { $0 != 0 }, as: UTF8.self)
    }
    return path.isEmpty ? nil : .unix(path: path)
  }

  func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  mutating func fill(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) -> Int32 {
    withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
    }
  }

  /// More addresses than this of one name are not tried.
  private static let addressesMax = 16

  /// The addresses of a host and port, the system's favourite first. For a name others may have to be asked, which can
  /// take long.
  ///
  /// - Throws: `SystemError` with the resolver's words if there is none.
  package static func resolve(host: String, port: UInt16) throws(SystemError) -> [SocketAddress] {
    // A number means itself, whatever addresses this machine has.
    if let number = numeric(host: host, port: port) { return [number] }
    return try addresses(of: host, port, flags: 0)
  }

  /// The address of a host that is written as a number; nil for a name.
  static func numeric(host: String, port: UInt16) -> SocketAddress? {
    (try? addresses(of: host, port, flags: Int32(AI_NUMERICHOST)))?.first
  }

  private static func addresses(of host: String, _ port: UInt16, flags: Int32) throws(SystemError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = flags
    var list: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(host, "\(port)", &hints, &list)
    guard result == 0 else { throw .unknownHost(host, String(cString: gai_strerror(result))) }
    defer { freeaddrinfo(list) }
    let entries = sequence(state: list) { next in
      defer { next = next?.pointee.ai_next }
      return next?.pointee
    }
    return entries.prefix(addressesMax).compactMap { entry in
      entry.ai_addr.map { SocketAddress(copying: $0, length: entry.ai_addrlen) }
    }
  }
}
