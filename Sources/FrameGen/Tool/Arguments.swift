/// What the command line asks for.
struct Arguments {
  enum Action {
    case help
    case generate(Arguments)
  }

  static let usage = """
    usage: frame-gen [--module NAME] IN.yaml [OUT.swift]

    Turns the frames declared in IN.yaml, and in the files that it includes, into Swift. OUT.swift is written only if
    its content changes; without it, or with -, the text goes to standard output.

      --module NAME   module that the output will be part of
      --help          this text

    Exit codes: 0 done, 1 the schema or a file is wrong, 2 the command line is wrong.

    """

  let module: String?
  let input: String
  /// nil for standard output.
  let output: String?
}

extension Arguments.Action {
  init(_ words: ArraySlice<String>) throws(UsageError) {
    var words = words
    var module: String?
    var paths: [String] = []
    while let word = words.popFirst() {
      switch word {
      case "--help", "-h":
        self = .help
        return
      case "--module":
        guard let name = words.popFirst(), !name.isEmpty else {
          throw UsageError(problem: "--module needs the name of a module")
        }
        module = name
      case _ where word.hasPrefix("-") && word != "-":
        throw UsageError(problem: "unknown option '\(word)'")
      default:
        paths.append(word)
      }
    }
    guard let input = paths.first, input != "-" else { throw UsageError(problem: "no schema given") }
    guard paths.count <= 2 else { throw UsageError(problem: "too many files: '\(paths[2])'") }
    let output = paths.dropFirst().first { $0 != "-" }
    self = .generate(Arguments(module: module, input: input, output: output))
  }
}

/// What is wrong with the command line.
struct UsageError: Error {
  let problem: String
}
