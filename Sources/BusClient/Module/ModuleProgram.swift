import BusSystem
import ProgramKit

/// What surrounds a module in its process.
enum ModuleProgram<M: Module & ~Copyable> {
  /// - Parameter arguments: the path of the program, then its arguments.
  static func main(_ arguments: [String]) {
    Process.prepareStandardStreams()
    let program = arguments.first ?? "module"
    do {
      let options = try ModuleOptions(program: program, arguments: arguments.dropFirst(), own: M.options)
      if options.configuration.options.wantsHelp {
        return print(ModuleOptions.help(program: program, own: M.options), terminator: "")
      }
      if options.configuration.options.wantsVersion {
        return print(ModuleOptions.version(program: program), terminator: "")
      }
      try run(options.configuration)
    } catch let error as UsageError {
      fail(program, 2, "\(error); try --help")
    } catch {
      fail(program, 1, "\(error)")
    }
  }

  private static func fail(_ program: String, _ code: Int32, _ text: String) -> Never {
    FileDescriptor.standardError.write("\(ModuleOptions.fileName(of: program)): \(text)\n")
    Process.exit(code)
  }

  private static func run(_ configuration: BusConfiguration) throws {
    let signals = try SignalReader()
    let bus = try Bus(configuration)
    defer { bus.stop() }
    // Made first: what is wrong with its options does not wait for a manager.
    var runner = ModuleRunner<M>(try M(bus: bus), bus: bus)
    defer { runner.stop() }
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
    while signals.next() == nil, !runner.module.isFinished { runner.turn() }
    ServiceManager.notify("STOPPING=1")
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
