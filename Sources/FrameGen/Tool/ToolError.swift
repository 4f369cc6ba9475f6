import FrameGenCore

/// Why nothing was generated.
enum ToolError: Error {
  /// The command line is wrong.
  case usage(String)
  /// A file cannot be read or written.
  case file(path: String, problem: String)
  /// The schema is wrong.
  case schema(SchemaError, path: String)

  var exitCode: Int32 {
    switch self {
    case .usage: 2
    case .file, .schema: 1
    }
  }

  /// What a person reads on standard error.
  var text: String {
    switch self {
    case .usage(let problem):
      "frame-gen: error: \(problem)\nTry 'frame-gen --help'.\n"
    case .file(let path, let problem):
      "\(path): error: \(problem)\n"
    case .schema(let error, let path):
      error.diagnostics.map { $0.text(path: path) + "\n" }.joined()
    }
  }
}
