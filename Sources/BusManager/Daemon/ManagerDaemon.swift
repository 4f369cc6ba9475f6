import BusManagerHost
import BusSystem
import BusWire
import ProgramKit
import YAMLText

/// The manager as a program.
@main
enum ManagerDaemon {
  static func main() {
    Process.prepareStandardStreams()
    do {
      if let text = try DaemonOptions.manual.generated(for: arguments) { return print(text, terminator: "") }
      let options = try DaemonOptions(arguments)
      if options.wantsHelp { return print(DaemonOptions.help, terminator: "") }
      if options.wantsVersion {
        return print("bus-manager \(ManagerVersion.text), wire protocol \(WireProtocol.version)")
      }
      if options.wantsPrint { return print(options.text, terminator: "") }
      if options.wantsCheck { return print("the configuration is good") }
      try run(options)
    } catch let error as SettingsError {
      for diagnostic in error.diagnostics { report(diagnostic.text) }
      fail(2, "the configuration \(error.summary)")
    } catch let error as UsageError {
      fail(2, "\(error); try --help")
    } catch let error as StartError {
      fail(1, error.description)
    } catch {
      fail(1, "\(error)")
    }
  }

  private static var arguments: ArraySlice<String> { CommandLine.arguments.dropFirst() }

  private static func report(_ line: String) {
    FileDescriptor.standardError.write("\(ServiceManager.journalPrefix(3))\(line)\n")
  }

  private static func fail(_ code: Int32, _ text: String) -> Never {
    report("bus-manager: \(text)")
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
    var log = Log(level: options.logLevel)
    var current = options
    let listeners = try StartError.listen(options, log)
    let addresses = (0..<listeners.count).map { listeners[$0].address }
    var loop = try ManagerLoop(settings, listeners: listeners, signals: signals, log: log)
    for address in addresses { log(.info, "listening", ["address": "\(address)", "bus": settings.busName]) }
    ServiceManager.notify("READY=1\nSTATUS=listening on \(addresses.map(\.description).joined(separator: ", "))")
    while loop.run() == .reloadAsked {
      guard let new = reload(current, startedWith: options, log) else { continue }
      current = new
      log.level = new.logLevel
      loop.apply(socketBufferBytes: new.settings.socketBufferBytes, log: log)
    }
    log(.info, "stopped")
  }

  /// Reads the options again. What is wrong with them changes nothing.
  private static func reload(
    _ current: DaemonOptions, startedWith first: DaemonOptions, _ log: Log
  ) -> DaemonOptions? {
    let meaning = "nothing was changed; correct it and reload again"
    do {
      let new = try DaemonOptions(arguments)
      // Said if either level lets it through.
      var log = log
      log.level = min(log.level, new.logLevel)
      let (changed, waiting) = (new.changes(since: current).now, new.changes(since: first).atNextStart)
      log(.info, "reloaded", ["changed": changed.isEmpty ? "nothing" : changed.joined(separator: ",")])
      if !waiting.isEmpty {
        log(
          .warning, "restart_needed",
          ["options": waiting.joined(separator: ","), "meaning": "they change when the manager starts again"])
      }
      return new
    } catch let error as SettingsError {
      for diagnostic in error.diagnostics {
        log(.error, "not_reloaded", ["error": diagnostic.text, "meaning": meaning])
      }
    } catch {
      log(.error, "not_reloaded", ["error": "\(error)", "meaning": meaning])
    }
    return nil
  }

  /// Descriptors that are not for sessions: standard streams, listeners, poller, signals, refusals.
  private static let reservedDescriptors = 24 + 32
}
