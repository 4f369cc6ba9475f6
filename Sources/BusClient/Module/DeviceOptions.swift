import ProgramKit

extension GivenOptions {
  /// Checks that the command line says which device to use: one of its real connections, or `--sim`.
  ///
  /// - Parameters:
  ///   - device: whose connection it is, such as `the dispenser's`.
  ///   - real: the options that name a connection to a real device, such as `--port`.
  ///   - simulation: the options that mean something with `--sim` only.
  /// - Throws: `UsageError` if nothing was given, more than one, or an option of the simulation without `--sim`.
  public func checkConnection(
    of device: String, real: [any ProgramOption], simulation: [any ProgramOption]
  ) throws(UsageError) {
    let isSimulated = self[.sim]
    let given = (isSimulated ? ["--sim"] : []) + real.filter { isGiven($0) }.map { "--" + $0.name }
    guard given.count < 2 else { throw UsageError("\(given.joined(separator: " and ")) exclude each other") }
    guard !given.isEmpty else {
      let ways = real.map { "--" + $0.name }.joined(separator: " or ")
      throw UsageError("give \(device) \(ways), or --sim for a simulated one")
    }
    for option in simulation where !isSimulated && isGiven(option) {
      throw UsageError("--\(option.name) goes with --sim only")
    }
  }
}
