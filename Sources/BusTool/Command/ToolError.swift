import BusClient

/// Why a command ended before its work was done.
struct ToolError: Error, Equatable {
  let code: ExitCode
  /// One line for a person; empty if there is nobody to tell.
  let message: String

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ message: String) {
    self.init(.failure, message)
  }

  init(_ error: BusError) {
    self.init(error.code == .timeout ? .timeout : .failure, error.message)
  }

  /// Whoever read the output has enough, such as `head`.
  static let outputClosed = ToolError(.ok, "")
}
