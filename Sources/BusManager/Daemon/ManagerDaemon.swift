import BusManagerHost
import BusSystem
import BusWire
import ProgramKit

/// The manager as a program.
@main
enum ManagerDaemon {
  static func main() {
    Process.prepareStandardStreams()
    do {
      let options = try DaemonOptions(CommandLine.arguments.dropFirst())
      if options.wantsHelp { return print(DaemonOptions.help, terminator: "") }
      if options.wantsVersion {
        return print("bus-manager \(ManagerVersion.text), wire protocol \(WireProtocol.version)")
      }
      try run(options)
    } catch let error as UsageError {
      fail(2, "\(error); try --help")
    } catch let error as StartError {
      fail(1, error.description)
    } catch {
      fail(1, "\(error)")
    }
  }

  private static func fail(_ code: Int32, _ text: String) -> Never {
    FileDescriptor.standardError.write("bus-manager: \(text)\n")
    Process.exit(code)
  }

  private static func run(_ options: DaemonOptions) throws {
    let signals = try SignalReader()
    var settings = options.settings
    let files = FileDescriptor.raiseLimit()
    guard files > reservedDescriptors else {
      throw StartError(
        description: "this process may open \(files) files, which leaves none for connections; "
          + "raise the limit with ulimit -n or LimitNOFILE=")
    }
    settings.limits.sessionsMax = min(settings.limits.sessionsMax, files - reservedDescriptors)
    let log = Log(level: options.logLevel)
    let listeners = try StartError.listen(options, log)
    let addresses = (0..<listeners.count).map { listeners[$0].address }
    var loop = try ManagerLoop(settings, listeners: listeners, signals: signals, log: log)
    for address in addresses { log(.info, "listening", ["address": "\(address)", "bus": settings.busName]) }
    ServiceManager.notify("READY=1\nSTATUS=listening")
    loop.run()
    log(.info, "stopped")
  }

  /// Descriptors that are not for sessions: standard streams, listeners, poller, signals, refusals.
  private static let reservedDescriptors = 24 + 32
}
