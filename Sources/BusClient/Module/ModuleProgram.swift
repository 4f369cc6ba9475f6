import BusSystem
import ProgramKit
import YAMLText

/// What surrounds a module in its process.
enum ModuleProgram<M: Module & ~Copyable> {
  /// - Parameter arguments: the path of the program, then its arguments.
  static func main(_ arguments: [String]) {
    Process.prepareStandardStreams()
    let program = arguments.first ?? "module"
    do {
      let manual = ModuleOptions.manual(program: program, own: M.options)
      if let text = try manual.generated(for: arguments.dropFirst()) { return print(text, terminator: "") }
      let options = try ModuleOptions(program: program, arguments: arguments.dropFirst(), own: M.options)
      if options.configuration.options.wantsHelp {
        return print(ModuleOptions.help(program: program, own: M.options), terminator: "")
      }
      if options.configuration.options.wantsVersion {
        return print(ModuleOptions.version(program: program), terminator: "")
      }
      if let text = options.settingsText { return print(text, terminator: "") }
      try run(options.configuration)
    } catch let error as SettingsError {
      for diagnostic in error.diagnostics { report(diagnostic.text) }
      fail(program, 2, "the file of settings \(error.summary)")
    } catch let error as UsageError {
      fail(program, 2, "\(error); try --help")
    } catch {
      fail(program, 1, "\(error)")
    }
  }

  private static func fail(_ program: String, _ code: Int32, _ text: String) -> Never {
    report("\(ModuleOptions.fileName(of: program)): \(text)")
    Process.exit(code)
  }

  private static func report(_ line: String) {
    FileDescriptor.standardError.write("\(ServiceManager.journalPrefix(3))\(line)\n")
  }

  private static func run(_ configuration: BusConfiguration) throws {
    let signals = try SignalReader()
    end(configuration.name, ifAskedAgainIn: .process, signals)
    var isAsked = false
    let bus = try Bus(configuration)
    defer { bus.stop() }
    // Made first: what is wrong with its options does not wait for a manager.
    var runner = ModuleRunner<M>(try M(bus: bus), bus: bus)
    defer {
      end(configuration.name, ifAskedAgainIn: .stop, signals, isAsked: isAsked)
      runner.stop()
    }
    do throws(BusError) {
      try bus.connectOnce()
    } catch  where error.isFinal {
      throw error
    } catch {
      configuration.log(
        .warning, "no_manager", ["module": configuration.name, "reason": error.message, "next": "trying again"])
    }
    bus.wake(on: signals.descriptor)
    ServiceManager.notify("READY=1")
    while !isAsked, !runner.module.isFinished {
      isAsked = signals.next() != nil
      if !isAsked { runner.turn() }
    }
    ServiceManager.notify("STOPPING=1")
  }

  private enum Call: String {
    case process, stop

    /// A second signal that comes sooner does nothing: a device that is being brought to rest needs some time.
    var patience: Duration { self == .process ? .seconds(1) : .seconds(3) }
  }

  /// Has a second signal end the program in a call of the module's that never returns.
  private static func end(
    _ module: String, ifAskedAgainIn call: Call, _ signals: borrowing SignalReader, isAsked: Bool = false
  ) {
    let meaning = "ended by a second signal, as \(call)() does not return; its device may not be at rest"
    signals.endProcess(
      ifAskedAgainAfter: call.patience,
      saying: "level=error event=killed module=\(module) meaning=\"\(meaning)\"\n", isAsked: isAsked)
  }
}

extension BusError {
  /// Whether trying again cannot help: the manager refused this client for what it is.
  var isFinal: Bool {
    switch code.refusal {
    case .nameTaken, .version, .malformed, .notAllowed: true
    default: false
    }
  }
}
