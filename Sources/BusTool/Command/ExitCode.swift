/// What the tool tells a script by its end.
enum ExitCode: Int32, CaseIterable {
  case ok = 0
  case failure = 1
  case usage = 2
  case timeout = 3
  case nobodyListens = 4

  static let help = """
    Exit codes: 0 done, 1 error, 2 wrong command line, 3 nothing came in time, 4 nobody listens for the request.
    """
}
