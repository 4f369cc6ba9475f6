import BusClient

/// Why a command ended before its work was done.
struct ToolError: Error, Equatable {
  let code: ExitCode
  /// One line for a person; empty if everything was said.
  let message: String
  /// Whether somebody who comes later may mend it.
  let mayPass: Bool

  init(_ code: ExitCode, _ message: String, mayPass: Bool = false) {
    self.code = code
    self.message = message
    self.mayPass = mayPass
  }

  init(_ message: String) {
    self.init(.failure, message)
  }

  init(_ error: BusError) {
    self.init(
      error.code == .timeout ? .timeout : .failure, error.message,
      mayPass: error.code == .notConnected || error.code == .timeout)
  }

  /// Whoever read the output has enough, such as `head`.
  static let outputClosed = ToolError(.ok, "")
}
