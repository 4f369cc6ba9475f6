/// What a time on a command line is counted in unless it names its unit, as `250ms`, `1.5s` and `2min` do.
public enum TimeUnit: Sendable {
  /// Thousandths of a second.
  case milliseconds
  /// Seconds.
  case seconds

  fileprivate var placeholder: String { self == .seconds ? "SECONDS" : "MS" }
  fileprivate var suffix: String { self == .seconds ? "s" : "ms" }

  private static let secondsBySuffix = ["ms": 0.001, "s": 1, "min": 60]

  /// The time that a text means; nil if it means none.
  fileprivate func duration(_ text: String) -> Duration? {
    let suffix = text.drop { $0.isNumber || $0 == "." }
    guard let factor = Self.secondsBySuffix[suffix.isEmpty ? self.suffix : String(suffix)],
      let number = Double(text.dropLast(suffix.count)), number.isFinite, number * factor < 1e12
    else { return nil }
    // Whole nanoseconds: a tenth of a second has no end in binary.
    return .nanoseconds((number * factor * 1e9).rounded())
  }

  /// A time in this unit, without it.
  fileprivate func text(_ duration: Duration) -> String {
    let number = duration / (self == .seconds ? .seconds(1) : .milliseconds(1))
    return number == number.rounded() ? "\(Int(number))" : "\(number)"
  }

  fileprivate func words(_ range: ClosedRange<Duration>) -> String {
    "\(text(range.lowerBound)) to \(text(range.upperBound)) \(suffix)"
  }

  fileprivate func parse(_ text: String, in range: ClosedRange<Duration>, by option: String) throws(UsageError)
    -> Duration
  {
    guard let duration = duration(text), range.contains(duration) else {
      throw UsageError("option '--\(option)' takes a time from \(words(range)), not '\(text)'")
    }
    return duration
  }
}

extension Option where Value == Duration {
  /// An option whose value is a time.
  ///
  /// - Parameters:
  ///   - name: as written after `--`.
  ///   - defaultValue: its value unless given.
  ///   - range: the times that it takes.
  ///   - unit: what a number without a unit is counted in.
  ///   - help: one line for `--help`; the range and the default are added to it.
  public init(
    _ name: String, default defaultValue: Duration, in range: ClosedRange<Duration>, unit: TimeUnit, _ help: String
  ) {
    self.init(
      name, placeholder: unit.placeholder, default: defaultValue, help, facts: [unit.words(range)],
      defaultText: unit.text(defaultValue)
    ) { texts throws(UsageError) in try unit.parse(texts[texts.count - 1], in: range, by: name) }
  }
}

extension Option where Value == Duration? {
  /// An option whose value is a time, and that has none unless given.
  ///
  /// - Parameters:
  ///   - name: as written after `--`.
  ///   - range: the times that it takes.
  ///   - unit: what a number without a unit is counted in.
  ///   - help: one line for `--help`; the range is added to it.
  public init(_ name: String, in range: ClosedRange<Duration>, unit: TimeUnit, _ help: String) {
    self.init(name, placeholder: unit.placeholder, default: nil, help, facts: [unit.words(range)]) {
      texts throws(UsageError) in try unit.parse(texts[texts.count - 1], in: range, by: name)
    }
  }
}
