import BusClient

/// What a command line asks for.
enum Invocation {
  case help
  case version
  case commandHelp(any Command.Type)
  case command(any Command.Type, CommandOptions)

  init(_ arguments: some Sequence<String>) throws(ToolError) {
    var rest = Array(arguments.map { $0 == "-h" ? "--help" : $0 })[...]
    // Options may stand before the command too.
    var leading: [String] = []
    while let option = rest.first, option.hasPrefix("-") {
      rest.removeFirst()
      if option == "--help" {
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
    do throws(CommandOptions.UsageError) {
      let version = CommandOptions.Option("version", "Show the version.")
      let options = try CommandOptions(
        Self.withEmptyValues(leading + rest, command.optionalValues),
        command.options + command.commonOptions + [version], operandsMax: command.operandsMax)
      if let short = options.operands.first(where: { $0.hasPrefix("-") }) {
        throw CommandOptions.UsageError("unknown option '\(short)'")
      }
      if options.has("help") {
        self = .commandHelp(command)
      } else {
        self = options.has("version") ? .version : .command(command, options)
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

extension CommandOptions {
  /// The value of an option as a time in seconds, in milliseconds.
  func milliseconds(_ name: String) throws(UsageError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let seconds = Double(text), (0.001...1e6).contains(seconds) else {
      throw UsageError("option '--\(name)' takes a time in seconds, such as 2 or 0.5, not '\(text)'")
    }
    return Int(seconds * 1000)
  }

  /// The value of the option `instance`.
  func instance() throws(UsageError) -> UInt8? {
    try number("instance", in: 0...255).map { UInt8($0) }
  }
}
