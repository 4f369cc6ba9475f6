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
  var isOpenToNetwork = false
  var logLevel = Log.Level.info
  var wantsHelp = false
  var wantsVersion = false

  private static let options: [CommandOptions.Option] = [
    .init(
      "listen", value: "ADDRESS", "HOST:PORT or the path of a Unix socket; may be repeated, replaces the defaults."),
    .init("open-to-network", "Allow an address that other machines can reach. There is no password."),
    .init("name", value: "NAME", "Name of the bus (framebus)."),
    .init("max-payload", value: "BYTES", "Largest payload of a frame (4194304)."),
    .init("max-queue", value: "BYTES", "What may wait for one receiver in one queue (1048576)."),
    .init("max-memory", value: "BYTES", "What waits in all queues and is kept, together (67108864)."),
    .init("max-connections", value: "N", "Connections at a time (4096, less if the limit of open files is lower)."),
    .init("max-retained", value: "BYTES", "Frames kept for late listeners, at most half of --max-memory (16777216)."),
    .init("max-types", value: "N", "Different field lists that modules may declare (1024)."),
    .init("hello-timeout", value: "MS", "How long a connection may take to say HELLO (5000)."),
    .init("shutdown-timeout", value: "MS", "How long receivers may take to read what waits at the end (2000)."),
    .init("socket-buffer", value: "BYTES", "Size of the kernel's buffers per connection (262144)."),
    .init("log-level", value: "LEVEL", "debug, info, warning or error (info)."),
    .init("version", "Show the version."),
  ]

  static let help = """
    bus-manager: routes frames between the modules of a Framebus.

    Usage: bus-manager [OPTION]...

    Without --listen it listens on 127.0.0.1:\(WireProtocol.port) and on a Unix socket: $XDG_RUNTIME_DIR/framebus.sock,
    or /run/framebus/bus.sock if that variable is not set.

    \(CommandOptions.help(options))
    """

  init(_ arguments: some Sequence<String>) throws(CommandOptions.UsageError) {
    let given = try CommandOptions(arguments, Self.options)
    wantsHelp = given.has("help")
    wantsVersion = given.has("version")
    isOpenToNetwork = given.has("open-to-network")
    for text in given.values("listen") {
      do throws(BusAddress.ParseError) {
        addresses.append(try BusAddress(text))
      } catch {
        throw CommandOptions.UsageError("--listen: \(error)")
      }
    }
    if addresses.isEmpty {
      addresses = [.tcp(host: "127.0.0.1", port: WireProtocol.port)]
      defaultSocketPath = BusAddress.runtimeDirectorySocket ?? BusAddress.systemSocket
    }
    if let name = given.value("name") {
      guard WireProtocol.isValidName(name) else {
        throw CommandOptions.UsageError("--name: '\(name)' is no name; use 1 to 64 letters, digits and ._-")
      }
      settings.busName = name
    }
    if let name = given.value("log-level") {
      guard let level = Log.Level(rawValue: name) else {
        throw CommandOptions.UsageError("--log-level: '\(name)' is none of debug, info, warning, error")
      }
      logLevel = level
    }
    try readLimits(given)
  }

  private mutating func readLimits(_ given: CommandOptions) throws(CommandOptions.UsageError) {
    if let bytes = try given.number("max-payload", in: 1024...1 << 30) { settings.limits.payloadBytesMax = bytes }
    if let bytes = try given.number("max-queue", in: 4096...1 << 30) { settings.limits.queueBytesMax = bytes }
    if let bytes = try given.number("max-memory", in: 1 << 20...1 << 40) { settings.limits.queuesBytesMax = bytes }
    if let bytes = try given.number("max-retained", in: 0...1 << 30) { settings.limits.retainedBytesMax = bytes }
    if let count = try given.number("max-types", in: 1...65_279) { settings.limits.declarationsMax = count }
    if let milliseconds = try given.number("hello-timeout", in: 10...3_600_000) {
      settings.limits.helloNanoseconds = UInt64(milliseconds) * 1_000_000
    }
    if let milliseconds = try given.number("shutdown-timeout", in: 0...3_600_000) {
      settings.limits.shutdownNanoseconds = UInt64(milliseconds) * 1_000_000
    }
    if let bytes = try given.number("socket-buffer", in: 4096...64 << 20) { settings.socketBufferBytes = bytes }
    if let count = try given.number("max-connections", in: 1...1_000_000) { settings.limits.sessionsMax = count }
  }
}
