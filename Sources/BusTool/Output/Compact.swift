/// Numbers in a few characters, for the columns of a table.
enum Compact {
  private static let prefixes = ["", "k", "M", "G", "T", "P", "E"]

  /// Three digits or so: `0`, `0.25`, `9.8`, `123`, `12.3k`, `1.20M`.
  static func text(_ number: Double) -> String {
    var (value, prefix) = (number, 0)
    // What would be rounded to a thousand is one.
    while value >= 999.5, prefix < prefixes.count - 1 {
      value /= 1000
      prefix += 1
    }
    if prefix == 0, value == value.rounded() { return "\(Int(value))" }
    return decimals(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + prefixes[prefix]
  }

  static func text(_ number: UInt64) -> String { text(Double(number)) }

  /// Bytes, in powers of a thousand: `512 B`, `1.05 MB`.
  static func bytes(_ count: Double) -> String {
    let text = text(count)
    guard let last = text.last, last.isLetter else { return text + " B" }
    return "\(text.dropLast()) \(last)B"
  }

  static func bytes(_ count: UInt64) -> String { bytes(Double(count)) }

  /// A span of time: `850 ns`, `12.3 ms`, `1.50 s`, `3.4 min`.
  static func seconds(_ seconds: Double) -> String {
    let (size, unit) =
      switch seconds.magnitude {
      case 0: (1.0, "s")
      case ..<0.999_5e-6: (1e-9, "ns")
      case ..<0.999_5e-3: (1e-6, "us")
      case ..<0.999_5: (1e-3, "ms")
      case ..<119.5: (1.0, "s")
      default: (60.0, "min")
      }
    return "\(text(seconds / size)) \(unit)"
  }

  /// A number with this many digits behind the point.
  static func decimals(_ number: Double, _ count: Int) -> String {
    let power = (0..<count).reduce(1.0) { power, _ in power * 10 }
    let scaled = (number * power).rounded()
    guard scaled.magnitude < 9e15 else { return "\(number)" }
    return DecimalNumber(digits: Int128(scaled), exponent: -count).text ?? "\(number)"
  }
}
