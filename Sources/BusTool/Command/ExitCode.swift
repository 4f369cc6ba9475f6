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
