extension Option where Value: FixedWidthInteger {
  /// An option whose value is a whole number.
  ///
  /// - Parameters:
  ///   - name: as written after `--`.
  ///   - placeholder: what its value stands for, such as `BYTES`.
  ///   - defaultValue: its value unless given.
  ///   - range: the numbers that it takes.
  ///   - help: one line for `--help`; the range and the default are added to it.
  public init(
    _ name: String, value placeholder: String = "N", default defaultValue: Value, in range: ClosedRange<Value>,
    _ help: String
  ) {
    self.init(
      name, placeholder: placeholder, default: defaultValue, help, facts: [Value.words(range)],
      defaultText: "\(defaultValue)"
    ) { texts throws(UsageError) in try Value.number(texts[texts.count - 1], in: range, by: name) }
  }
}

extension Option {
  /// An option whose value is a whole number, and that has none unless given.
  ///
  /// - Parameters:
  ///   - name: as written after `--`.
  ///   - placeholder: what its value stands for, such as `BYTES`.
  ///   - range: the numbers that it takes.
  ///   - help: one line for `--help`; the range is added to it.
  public init<Number: FixedWidthInteger & Sendable>(
    _ name: String, value placeholder: String = "N", in range: ClosedRange<Number>, _ help: String
  ) where Value == Number? {
    self.init(name, placeholder: placeholder, default: nil, help, facts: [Number.words(range)]) {
      texts throws(UsageError) in try Number.number(texts[texts.count - 1], in: range, by: name)
    }
  }
}

extension FixedWidthInteger {
  fileprivate static func words(_ range: ClosedRange<Self>) -> String {
    if range.upperBound < .max || Self.bitWidth < Int.bitWidth { return "\(range.lowerBound) to \(range.upperBound)" }
    return "at least \(range.lowerBound)"
  }

  fileprivate static func number(_ text: String, in range: ClosedRange<Self>, by option: String) throws(UsageError)
    -> Self
  {
    guard let number = Self(text), range.contains(number) else {
      throw UsageError(
        "option '--\(option)' takes a number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
    }
    return number
  }
}
