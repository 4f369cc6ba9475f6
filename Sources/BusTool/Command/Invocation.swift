import BusClient

/// What a command line asks for.
enum Invocation {
  case help
  case version
  case commandHelp(any Command.Type)
  case command(any Command.Type, GivenOptions)

  init(_ arguments: some Sequence<String>) throws(ToolError) {
    var rest = Array(arguments)[...]
    // Options may stand before the command too.
    var leading: [String] = []
    while let option = rest.first, option.hasPrefix("-") {
      rest.removeFirst()
      if option == "--help" || option == "-h" {
        self = .help
        return
      }
      if option == "--version" {
        self = .version
        return
      }
      leading.append(option)
      if option == "--bus", let value = rest.popFirst() { leading.append(value) }
    }
    guard let name = rest.popFirst() else {
      throw ToolError(.usage, "no command given; 'framebus --help' lists them")
    }
    if name == "help" {
      self = if let name = rest.first { .commandHelp(try CommandTable.command(named: name)) } else { .help }
      return
    }
    let command = try CommandTable.command(named: name)
    do throws(UsageError) {
      let options = try GivenOptions(
        Self.withEmptyValues(leading + rest, command.optionalValues), command.options + command.commonOptions,
        operandsMax: command.operandsMax)
      if options.wantsHelp {
        self = .commandHelp(command)
      } else {
        self = options.wantsVersion ? .version : .command(command, options)
      }
    } catch {
      throw ToolError(.usage, "\(error); try 'framebus \(name) --help'")
    }
  }
}

extension Invocation {
  /// Gives options whose value is left out an empty one. What is no value of theirs has an equals sign in it.
  private static func withEmptyValues(_ arguments: [String], _ optional: Set<String>) -> [String] {
    arguments.indices.map { index in
      let argument = arguments[index]
      guard argument.hasPrefix("--"), optional.contains(String(argument.dropFirst(2))) else { return argument }
      let next = index + 1 < arguments.count ? arguments[index + 1] : "-"
      return next.hasPrefix("-") || next.contains("=") ? argument + "=" : argument
    }
  }
}

extension Duration {
  /// The whole milliseconds in it.
  var inMilliseconds: Int { Int(clamping: inNanoseconds / 1_000_000) }
}
