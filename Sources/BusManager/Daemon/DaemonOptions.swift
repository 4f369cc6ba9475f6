import BusManagerHost
import BusSystem
import BusWire
import ProgramKit
import YAMLText

/// What the manager is started with: its command line, `$BUS_MANAGER_…` behind that, and its file behind both.
struct DaemonOptions {
  var settings = ManagerSettings()
  /// Addresses that must be had.
  var addresses: [BusAddress] = []
  /// The Unix socket beside the default TCP port; nil if addresses were given.
  var defaultSocketPath: String?
  /// Who may connect to Unix sockets.
  var access = SocketAccess()
  var allowsRemote = false
  var logLevel = Log.Level.info
  var wantsHelp = false
  var wantsVersion = false
  var wantsCheck = false
  var wantsPrint = false
  /// Where each value comes from.
  private let given: GivenOptions

  private static let usual = ManagerSettings()

  private static let listen = Option(
    "listen", values: "ADDRESS", written: "[127.0.0.1:\(WireProtocol.port), \(usualSocketPath)]",
    "HOST:PORT or the path of a Unix socket; may be repeated, replaces the defaults."
  ) { try BusAddress($0) }
  private static let allowRemote = Option(
    "allow-remote", "Allow an address that other machines can reach. There is no password.")
  private static let socketMode = Option(
    "socket-mode", value: "MODE", default: SocketAccess().mode, written: "660",
    "Permissions of Unix sockets, in octal (660)."
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
    "name", value: "NAME", default: usual.busName, written: usual.busName, "Name of the bus (\(usual.busName))"
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

  private static let config = Option("config", value: "FILE", "Options from a file in YAML, by their long names.")
  private static let checkConfig = Option("check-config", "Say what is wrong with the options, and end.")
  private static let printConfig = Option(
    "print-config", "Print the options that are in force, with where each comes from, and end.")

  /// The options that may stand in the file.
  private static let settable: [any ProgramOption] = [
    listen, socketMode, socketGroup, allowRemote, name, maxPayload, maxQueue, maxMemory, maxConnections, maxRetained,
    maxTypes, helloTimeout,
    shutdownTimeout, socketBuffer, Log.Level.option,
  ]
  private static let options = settable + [config, checkConfig, printConfig]
  /// What a reload changes; the rest is in force from the next start on.
  private static let reloadable = [socketBuffer.name, Log.Level.option.name]

  private static var usualSocketPath: String { BusAddress.runtimeDirectorySocket ?? BusAddress.systemSocket }

  static let manual = ProgramManual(
    name: "bus-manager", version: ManagerVersion.text, summary: summary, details: details,
    options: settable + [config, checkConfig, printConfig])

  private static let summary = "routes frames between the modules of a Framebus"
  private static let details = """
    Without --listen it listens on 127.0.0.1:\(WireProtocol.port) and on a Unix socket: $XDG_RUNTIME_DIR/framebus.sock,
    or /run/framebus/bus.sock if that variable is not set. Sockets that systemd passes take the place of these.

    Each option but the last three can stand in the file of --config, and in the environment: $BUS_MANAGER_MAX_QUEUE is
    --max-queue. The command line counts before the environment, and both before the file. SIGHUP has the file read
    again, unless the manager was started from a terminal; then it ends.
    """

  static let help = """
    bus-manager: \(summary).

    Usage: bus-manager [OPTION]...

    \(details)

    \(GivenOptions.help(settable, [config, checkConfig, printConfig]))
    """

  /// - Throws: `UsageError` if arguments or variables mean nothing, `StartError` if there is no such file,
  ///   `SettingsError` if something is wrong in it.
  init(_ arguments: some Sequence<String>) throws {
    var given = try GivenOptions(arguments, Self.options)
    if !given.wantsHelp, !given.wantsVersion {
      for option in Self.settable + [Self.config] {
        let variable = "BUS_MANAGER_" + String(option.name.map { $0 == "-" ? "_" : $0 }).uppercased()
        guard let text = ServiceManager.environment(variable) else { continue }
        try given.add(text, for: option, fromVariable: variable)
      }
      if let path = given[Self.config] { try given.add(try Self.settings(in: path)) }
    }
    self.given = given
    wantsCheck = given[Self.checkConfig]
    wantsPrint = given[Self.printConfig]
    wantsHelp = given.wantsHelp
    wantsVersion = given.wantsVersion
    allowsRemote = given[Self.allowRemote]
    access.mode = given[Self.socketMode]
    access.group = given[Self.socketGroup]
    addresses = given[Self.listen]
    if addresses.isEmpty {
      addresses = [.tcp(host: "127.0.0.1", port: WireProtocol.port)]
      defaultSocketPath = Self.usualSocketPath
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

  private static func settings(in path: String) throws -> [OptionSetting] {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try FileDescriptor.contents(of: path, bytesMax: SourceText.bytesMax)
    } catch {
      throw StartError(description: "cannot read the configuration: \(error); make the file or leave out --config")
    }
    var reading = OptionReading()
    return try reading.read(bytes, path: path, advice: "options of the manager need a few lines") { reading, root in
      if let root, !root.isEmpty {
        for pair in reading.pairs(of: root, called: "the configuration") ?? [] {
          reading.option(pair, settable, of: "the configuration")
        }
      }
      return reading.settings
    }
  }

  // MARK: What is in force

  /// For `--print-config`: a file that says the same, with where each value comes from.
  var text: String { given.settingsText(Self.settable) }

  /// The names of the options that differ from earlier ones: which a reload changes, and which need a restart.
  func changes(since earlier: DaemonOptions) -> (now: [String], atNextStart: [String]) {
    let names = given.differences(from: earlier.given, among: Self.settable)
    return (names.filter(Self.reloadable.contains), names.filter { !Self.reloadable.contains($0) })
  }
}
