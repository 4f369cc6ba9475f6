import FrameGenCore

/// Why nothing was generated, as a person and a build system see it.
struct ToolFailure {
  /// 1 if the schema or a file is wrong, 2 if the command line is.
  let exitCode: Int32
  /// What goes to standard error.
  let text: String

  init(_ error: any Error) {
    switch error {
    case let error as UsageError:
      exitCode = 2
      text = "frame-gen: error: \(error.problem)\nTry 'frame-gen --help'.\n"
    case let error as FileError:
      exitCode = 1
      text = "\(error.path): error: \(error.problem)\n"
    case let error as SchemaError:
      exitCode = 1
      text = error.diagnostics.map { $0.text + "\n" }.joined()
    default:
      exitCode = 1
      text = "frame-gen: error: \(error)\n"
    }
  }
}
