/// What PyMoDAQ's user sees of an instrument's settings, and changes.
extension PymodaqDetector.Settings {
  /// As parameters, in seconds.
  public var parameters: [PymodaqParameter] {
    [
      PymodaqParameter("max_age", title: "Oldest value (s)", .real(maxAge.inSeconds)),
      PymodaqParameter("timeout", title: "Answer within (s)", .real(timeout.inSeconds)),
    ]
  }

  /// Takes a value, as near as it may come.
  public mutating func set(_ name: String, _ value: Double) {
    switch name {
    case "max_age": maxAge = .seconds(within: 0...3600, value)
    case "timeout": timeout = .seconds(within: 0.1...600, value)
    default: break
    }
  }
}

extension PymodaqActuator.Settings {
  /// As parameters, in seconds and units of the instrument.
  public var parameters: [PymodaqParameter] {
    [
      PymodaqParameter("tolerance", title: "Arrived within", .real(tolerance)),
      PymodaqParameter("settle", title: "Settled after (s)", .real(settle.inSeconds)),
      PymodaqParameter("timeout", title: "Longest move (s)", .real(timeout.inSeconds)),
      PymodaqParameter("max_age", title: "Oldest position (s)", .real(maxAge.inSeconds)),
    ]
  }

  /// Takes a value, as near as it may come.
  public mutating func set(_ name: String, _ value: Double) {
    switch name {
    case "tolerance": tolerance = max(0, value)
    case "settle": settle = .seconds(within: 0...60, value)
    case "timeout": timeout = .seconds(within: 0.1...86_400, value)
    case "max_age": maxAge = .seconds(within: 0...86_400, value)
    default: break
    }
  }
}

extension Duration {
  /// As a number.
  public var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }

  /// This many seconds, or the nearest that may be.
  static func seconds(within range: ClosedRange<Double>, _ value: Double) -> Duration {
    .milliseconds(Int((min(max(value, range.lowerBound), range.upperBound) * 1000).rounded()))
  }
}
