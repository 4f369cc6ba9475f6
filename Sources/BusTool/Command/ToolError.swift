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

  /// The reader of the output has enough, such as `head`.
  static let outputClosed = ToolError(.ok, "")
}

/// What the end of the tool says to a script.
enum ExitCode: Int32, CaseIterable {
  case ok = 0
  case failure = 1
  case usage = 2
  case timeout = 3
  case nobodyListens = 4
  case jobFailed = 5
  case jobRefused = 6
  case jobCancelled = 7

  static let help = """
    Exit codes: 0 done, 1 error, 2 wrong command line, 3 nothing came in time, 4 nobody listens for it; 5 the job failed,
    6 it was refused, 7 it was cancelled.
    """
}
