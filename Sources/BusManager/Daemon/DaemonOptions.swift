import BusManagerHost
import BusSystem
import BusWire
import ProgramKit

/// The command line of the manager.
struct DaemonOptions {
  var settings = ManagerSettings()
  /// Addresses that must be had.
  var addresses: [BusAddress] = []
  /// The Unix socket beside the default TCP port; nil if `--listen` was given or there is no place for it.
  var defaultSocketPath: String?
  /// Who may connect to Unix sockets.
  var access = SocketAccess()
  var isOpenToNetwork = false
  var logLevel = Log.Level.info
  var wantsHelp = false
  var wantsVersion = false

  private static let usual = ManagerSettings()

  private static let listen = Option(
    "listen", values: "ADDRESS", "HOST:PORT or the path of a Unix socket; may be repeated, replaces the defaults."
  ) { try BusAddress($0) }
  private static let openToNetwork = Option(
    "open-to-network", "Allow an address that other machines can reach. There is no password.")
  private static let socketMode = Option(
    "socket-mode", value: "MODE", default: SocketAccess().mode, "Permissions of Unix sockets, in octal (660)."
  ) { text in
    guard (3...4).contains(text.utf8.count), let mode = UInt32(text, radix: 8), mode <= 0o777 else {
      throw UsageError("'\(text)' is no mode of a file, such as 660 or 600")
    }
    return mode
  }
  private static let socketGroup = Option<UInt32?>(
    "socket-group", value: "GROUP", default: nil, "Group of Unix sockets, by name or number (the process's own)."
  ) { name in
    guard let group = SocketAccess.group(named: name) else {
      throw UsageError("there is no group '\(name)' on this machine")
    }
    return group
  }
  private static let name = Option(
    "name", value: "NAME", default: usual.busName, "Name of the bus (\(usual.busName))"
  ) { name in
    guard WireProtocol.isValidName(name) else {
      throw UsageError("'\(name)' is no name; use 1 to 64 letters, digits and ._-")
    }
    return name
  }
  private static let maxPayload = Option(
    "max-payload", value: "BYTES", default: usual.limits.payloadBytesMax, in: 1024...1 << 30,
    "Largest payload of a frame")
  private static let maxQueue = Option(
    "max-queue", value: "BYTES", default: usual.limits.queueBytesMax, in: 4096...1 << 30,
    "What may wait for one receiver in one queue")
  private static let maxMemory = Option(
    "max-memory", value: "BYTES", default: usual.limits.queuesBytesMax, in: 1 << 20...1 << 40,
    "What waits in all queues and is kept, together")
  private static let maxConnections = Option(
    "max-connections", default: usual.limits.sessionsMax, in: 1...1_000_000,
    "Connections at a time, less if the limit of open files is lower")
  private static let maxRetained = Option(
    "max-retained", value: "BYTES", default: usual.limits.retainedBytesMax, in: 0...1 << 30,
    "Frames kept for late listeners, at most half of --max-memory")
  private static let maxTypes = Option(
    "max-types", default: usual.limits.declarationsMax, in: 1...65_279,
    "Different field lists that modules may declare")
  private static let helloTimeout = Option(
    "hello-timeout", default: .nanoseconds(usual.limits.helloNanoseconds), in: .milliseconds(10) ... .seconds(3600),
    unit: .milliseconds, "How long a connection may take to say HELLO")
  private static let shutdownTimeout = Option(
    "shutdown-timeout", default: .nanoseconds(usual.limits.shutdownNanoseconds), in: .zero ... .seconds(3600),
    unit: .milliseconds, "How long receivers may take to read what waits at the end")
  private static let socketBuffer = Option(
    "socket-buffer", value: "BYTES", default: usual.socketBufferBytes, in: 4096...64 << 20,
    "Size of the kernel's buffers per connection")

  private static let options: [any ProgramOption] = [
    listen, socketMode, socketGroup, openToNetwork, name, maxPayload, maxQueue, maxMemory, maxConnections, maxRetained,
    maxTypes, helloTimeout,
    shutdownTimeout, socketBuffer, Log.Level.option,
  ]

  static let help = """
    bus-manager: routes frames between the modules of a Framebus.

    Usage: bus-manager [OPTION]...

    Without --listen it listens on 127.0.0.1:\(WireProtocol.port) and on a Unix socket: $XDG_RUNTIME_DIR/framebus.sock,
    or /run/framebus/bus.sock if that variable is not set.

    \(GivenOptions.help(options))
    """

  /// - Throws: `UsageError` if the arguments mean nothing.
  init(_ arguments: some Sequence<String>) throws(UsageError) {
    let given = try GivenOptions(arguments, Self.options)
    wantsHelp = given.wantsHelp
    wantsVersion = given.wantsVersion
    isOpenToNetwork = given[Self.openToNetwork]
    access.mode = given[Self.socketMode]
    access.group = given[Self.socketGroup]
    addresses = given[Self.listen]
    if addresses.isEmpty {
      addresses = [.tcp(host: "127.0.0.1", port: WireProtocol.port)]
      defaultSocketPath = BusAddress.runtimeDirectorySocket ?? BusAddress.systemSocket
    }
    logLevel = given[Log.Level.option]
    settings.busName = given[Self.name]
    settings.socketBufferBytes = given[Self.socketBuffer]
    settings.limits.payloadBytesMax = given[Self.maxPayload]
    settings.limits.queueBytesMax = given[Self.maxQueue]
    settings.limits.queuesBytesMax = given[Self.maxMemory]
    settings.limits.sessionsMax = given[Self.maxConnections]
    settings.limits.retainedBytesMax = given[Self.maxRetained]
    settings.limits.declarationsMax = given[Self.maxTypes]
    settings.limits.helloNanoseconds = Clock.nanoseconds(given[Self.helloTimeout])
    settings.limits.shutdownNanoseconds = Clock.nanoseconds(given[Self.shutdownTimeout])
  }
}
