import Glibc

/// Where a manager listens: a TCP address or the path of a Unix socket.
///
/// Written as `127.0.0.1:5000`, `localhost:5000`, `[::1]:5000`, `/run/framebus/bus.sock` or `unix:bus.sock`.
public enum BusAddress: Hashable, Sendable {
  /// A host (numeric or a name that the system resolves) and a port; port 0 lets the system choose.
  case tcp(host: String, port: UInt16)
  /// A path in the file system.
  case unix(path: String)

  /// The longest path that fits a Unix socket address on Linux, in bytes.
  public static let pathBytesMax = 107

  /// Why a text is not an address.
  public struct ParseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong with it, and what an address looks like.
    public let description: String
  }

  /// Parses an address.
  ///
  /// - Throws: `ParseError` that says what is wrong and what an address looks like.
  public init(_ text: String) throws(ParseError) {
    if text.hasPrefix("unix:") {
      self = try Self.unix(checking: String(text.dropFirst(5)), of: text)
    } else if text.contains("/") {
      self = try Self.unix(checking: text, of: text)
    } else {
      self = try Self.tcp(checking: text)
    }
  }

  private static func unix(checking path: String, of text: String) throws(ParseError) -> BusAddress {
    guard !path.isEmpty else { throw ParseError(description: "'\(text)' has no path after 'unix:'") }
    guard path.utf8.count <= pathBytesMax else {
      throw ParseError(description: "the socket path '\(path)' is longer than \(pathBytesMax) bytes; use a shorter one")
    }
    return .unix(path: path)
  }

  private static func tcp(checking text: String) throws(ParseError) -> BusAddress {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw ParseError(
        description: "'\(text)' is no bus address; write HOST:PORT such as 127.0.0.1:5000, or the path of a Unix socket"
      )
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw ParseError(description: "'\(text)': put an IPv6 address in brackets, such as [::1]:5000")
    }
    guard !host.isEmpty else {
      throw ParseError(description: "'\(text)' has no host; write 127.0.0.1\(text) for this machine")
    }
    return .tcp(host: String(host), port: port)
  }
}

extension BusAddress {
  /// Whether it can be connected to without asking anybody what its name means.
  public var isNumeric: Bool {
    switch self {
    case .tcp(let host, let port): SocketAddress.numeric(host: host, port: port) != nil
    case .unix: true
    }
  }
}

extension BusAddress: CustomStringConvertible {
  /// As it is written on a command line.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): path.contains("/") ? path : "unix:\(path)"
    }
  }
}

extension BusAddress {
  /// The Unix socket of a manager that a user runs by hand; nil without `$XDG_RUNTIME_DIR`.
  package static var runtimeDirectorySocket: String? {
    ServiceManager.environment("XDG_RUNTIME_DIR").map { "\($0)/framebus.sock" }
  }

  /// The Unix socket of a manager that runs as a service.
  package static let systemSocket = "\(systemFolder)/bus.sock"
  private static let systemFolder = "/run/framebus"

  /// Makes the folder of `systemSocket` if this user may; systemd makes it for a service.
  package static func makeSystemFolder() {
    mkdir(systemFolder, 0o755)
  }
}
