/// What there is to know of a program's command line, as a man page and as completions for shells: made from the tables
/// that its `--help` is made from.
package struct ProgramManual {
  /// A word that chooses what the program does.
  package struct Command {
    let name: String
    let operands: String
    let summary: String
    let details: String
    let options: [any ProgramOption]

    /// - Parameters:
    ///   - name: the word.
    ///   - operands: what follows it, such as `[FRAME]...`.
    ///   - summary: one line.
    ///   - details: paragraphs with an empty line between them.
    ///   - options: its own and those that it shares with others.
    package init(
      name: String, operands: String, summary: String, details: String, options: [any ProgramOption]
    ) {
      self.name = name
      self.operands = operands
      self.summary = summary
      self.details = details
      self.options = options
    }
  }

  let name: String
  let version: String
  let summary: String
  let details: String
  let options: [any ProgramOption]
  let commands: [Command]

  /// - Parameters:
  ///   - name: the program's.
  ///   - version: such as `0.1.0`.
  ///   - summary: what it is, in a few words that begin with a small letter.
  ///   - details: paragraphs with an empty line between them.
  ///   - options: those that it takes without a command, `--help` and `--version` apart.
  ///   - commands: the words that it takes.
  package init(
    name: String, version: String, summary: String, details: String, options: [any ProgramOption],
    commands: [Command] = []
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.details = details
    self.options = options + GivenOptions.everywhere
    self.commands = commands
  }

  /// What `--generate FORM` prints, which packages are made with.
  ///
  /// - Parameter arguments: of the program, its own name not among them.
  /// - Returns: nil if that is not what is asked for.
  /// - Throws: `UsageError` if there is no such form.
  package func generated(for arguments: some Sequence<String>) throws(UsageError) -> String? {
    let arguments = Array(arguments.prefix(3))
    guard arguments.first == "--generate" else { return nil }
    switch arguments.count == 2 ? arguments[1] : "" {
    case "man": return manPage
    case "bash": return bashCompletion
    case "zsh": return zshCompletion
    case "fish": return fishCompletion
    default: throw UsageError("--generate takes one of man, bash, zsh, fish")
    }
  }
}

// MARK: The man page

extension ProgramManual {
  /// In the language of man(7).
  var manPage: String {
    var page = """
      .TH \(name.uppercased()) 1 "" "Framebus \(version)" "User Commands"
      .SH NAME
      \(Self.roff(name)) \\- \(Self.roff(summary))
      .SH SYNOPSIS
      .B \(Self.roff(name))
      \(commands.isEmpty ? "" : "\\fICOMMAND\\fR [\\fIARGUMENT\\fR]... ")[\\fIOPTION\\fR]...
      .SH DESCRIPTION
      \(Self.paragraphs(details))
      .SH OPTIONS

      """
    page += options.map(Self.entry).joined()
    if !commands.isEmpty { page += ".SH COMMANDS\n" }
    for command in commands {
      page += ".SS \"\(Self.roff(command.name + (command.operands.isEmpty ? "" : " " + command.operands)))\"\n"
      page += Self.roff(command.summary) + "\n.PP\n" + Self.paragraphs(command.details) + "\n"
      page += command.options.map(Self.entry).joined()
    }
    return page + ".SH SEE ALSO\n.I /usr/share/doc/framebus/OPERATING.md\n"
  }

  private static func entry(_ option: any ProgramOption) -> String {
    let value = option.placeholder.map { " \\fI\(roff($0))\\fR" } ?? ""
    return ".TP\n\\fB\(roff("--" + option.name))\\fR\(value)\n\(roff(option.help))\n"
  }

  private static func paragraphs(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? ".PP" : roff(String($0)) }
      .joined(separator: "\n")
  }

  private static func roff(_ text: String) -> String {
    var line = ""
    for character in text {
      switch character {
      case "\\": line += "\\e"
      case "-": line += "\\-"
      case "\"": line += "\\(dq"
      default: line.append(character)
      }
    }
    return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }
}

// MARK: Completions

extension ProgramManual {
  /// For bash-completion: options, commands, and files elsewhere.
  var bashCompletion: String {
    let function = "_" + name.map { $0 == "-" ? "_" : $0 }
    let cases = commands.map { "    \($0.name)) words=\"\(Self.words($0.options))\" ;;\n" }.joined()
    let choice =
      commands.isEmpty
      ? ""
      : """
        if [ "$COMP_CWORD" = 1 ] && [[ $2 != -* ]]; then
          COMPREPLY=($(compgen -W "\(commands.map(\.name).joined(separator: " "))" -- "$2"))
          return
        fi
        case ${COMP_WORDS[1]} in
      \(cases)  esac

      """
    return """
      # Completion of \(name) for bash.
      \(function)() {
        local words="\(Self.words(options))"
      \(choice)  if [[ $2 == -* ]]; then COMPREPLY=($(compgen -W "$words" -- "$2")); fi
      }
      complete -o default -F \(function) \(name)

      """
  }

  private static func words(_ options: [any ProgramOption]) -> String {
    options.map { "--" + $0.name }.joined(separator: " ")
  }

  /// For zsh's completion system.
  var zshCompletion: String {
    func arguments(_ options: [any ProgramOption]) -> String {
      let specs = options.map { option in
        let repeats = option.takesSeveral ? "*" : ""
        let value = option.placeholder.map { ":" + Self.zsh($0) + ":_files" } ?? ""
        return
          " \\\n    '\(repeats)--\(option.name)\(option.placeholder == nil ? "" : "=")[\(Self.zsh(option.help))]\(value)'"
      }
      return "_arguments\(specs.joined()) \\\n    '*:argument:_files'\n"
    }
    var text = "#compdef \(name)\n"
    guard !commands.isEmpty else { return text + arguments(options) }
    let list = commands.map { "  '\($0.name):\(Self.zsh($0.summary))'\n" }.joined()
    text += "local -a commands\ncommands=(\n\(list))\n"
    text += "if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then _describe command commands; return; fi\n"
    text += "case $words[2] in\n"
    for command in commands { text += "\(command.name)) \(arguments(command.options));;\n" }
    return text + "*) \(arguments(options));;\nesac\n"
  }

  private static func zsh(_ text: String) -> String {
    text.map { "[]:\\".contains($0) ? "\\\($0)" : $0 == "'" ? "'\\''" : "\($0)" }.joined()
  }

  /// For fish.
  var fishCompletion: String {
    func lines(_ options: [any ProgramOption], when condition: String) -> String {
      options.map {
        "complete -c \(name)\(condition) -l \($0.name)\($0.placeholder == nil ? "" : " -r") -d '\(Self.fish($0.help))'\n"
      }.joined()
    }
    let choices = commands.map {
      "complete -c \(name) -n __fish_use_subcommand -f -a \($0.name) -d '\(Self.fish($0.summary))'\n"
        + lines($0.options, when: " -n '__fish_seen_subcommand_from \($0.name)'")
    }
    return lines(options, when: "") + choices.joined()
  }

  private static func fish(_ text: String) -> String {
    text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
  }
}
