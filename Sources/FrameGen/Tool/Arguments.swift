import FrameGenCore

/// What the command line asks for.
struct Arguments {
  enum Action {
    case help
    case generate(Arguments)
  }

  static let usage = """
    usage: frame-gen --lang swift [--module NAME] IN.yaml [OUT.swift]

    Turns the frames declared in IN.yaml into source text. OUT.swift is written only if its content changes;
    without it, or with -, the text goes to standard output.

      --lang LANGUAGE   language of the output: \(languages)
      --module NAME     module that the output will be part of
      --help            this text

    Exit codes: 0 done, 1 the schema or a file is wrong, 2 the command line is wrong.

    """

  let language: Language
  let module: String?
  let input: String
  /// nil for standard output.
  let output: String?

  fileprivate static var languages: String { Language.allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Arguments.Action {
  init(_ words: ArraySlice<String>) throws(ToolError) {
    var words = words
    var language: Language?
    var module: String?
    var paths: [String] = []
    while let word = words.popFirst() {
      switch word {
      case "--help", "-h":
        self = .help
        return
      case "--lang":
        language = try Arguments.Action.language(words.popFirst())
      case "--module":
        guard let name = words.popFirst(), !name.isEmpty else { throw .usage("--module needs the name of a module") }
        module = name
      case _ where word.hasPrefix("-") && word != "-":
        throw .usage("unknown option '\(word)'")
      default:
        paths.append(word)
      }
    }
    guard let language else { throw .usage("--lang is missing; it is one of: \(Arguments.languages)") }
    guard let input = paths.first, input != "-" else { throw .usage("no schema given") }
    guard paths.count <= 2 else { throw .usage("too many files: '\(paths[2])'") }
    let output = paths.dropFirst().first { $0 != "-" }
    self = .generate(Arguments(language: language, module: module, input: input, output: output))
  }

  private static func language(_ name: String?) throws(ToolError) -> Language {
    guard let name else { throw .usage("--lang needs a language; it is one of: \(Arguments.languages)") }
    guard let language = Language(rawValue: name) else {
      throw .usage("frames cannot be generated in '\(name)'; --lang is one of: \(Arguments.languages)")
    }
    return language
  }
}
