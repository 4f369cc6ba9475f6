/// What a module orders of the guard process that holds the pumps' lines. Times are those of the monotonic clock, which
/// all processes of a machine share.
public enum GuardOrder: Equatable, Sendable {
  /// A pump goes on, or stays on, until this time.
  case on(Pump, until: Duration)
  /// A pump goes off.
  case off(Pump)
  /// All pumps go off.
  case allOff
  /// The module lives. Any other order says so too; only this one is answered, by `GuardReport.alive`.
  case beat

  /// How long each order is on the pipe: kind, pump, six zeros, and the time in nanoseconds, little-endian.
  public static let byteCount = 16

  /// The order as it goes over the pipe.
  public var bytes: [UInt8] {
    switch self {
    case .on(let pump, let until): Self.record(1, pump.rawValue, until)
    case .off(let pump): Self.record(2, pump.rawValue)
    case .allOff: Self.record(3)
    case .beat: Self.record(4)
    }
  }

  /// The order in `byteCount` bytes; nil if they mean nothing.
  public init?(_ bytes: ArraySlice<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == Self.byteCount, let pump = Pump(rawValue: bytes[1]) else { return nil }
    switch bytes[0] {
    case 1: self = .on(pump, until: .nanoseconds(Int64(clamping: number(bytes[8...]))))
    case 2: self = .off(pump)
    case 3: self = .allOff
    case 4: self = .beat
    default: return nil
    }
  }

  private static func record(_ kind: UInt8, _ pump: UInt8 = 0, _ time: Duration = .zero) -> [UInt8] {
    [kind, pump, 0, 0, 0, 0, 0, 0] + littleEndian(time.wholeNanoseconds)
  }
}

/// What the guard process reports to its module.
public enum GuardReport: Equatable, Sendable {
  /// It holds the lines, and all pumps are off. The text says which lines.
  case ready(String)
  /// A pump was switched, at this time.
  case turned(Pump, isOn: Bool, at: Duration)
  /// The answer to `GuardOrder.beat`.
  case alive
  /// It cannot hold the lines, or not any more; it ends. The text says why.
  case failed(String)
  /// It did something of its own accord; the text says what and why.
  case alarm(String)

  /// How long each report is on the pipe: kind, pump, on, length of the text, the time in nanoseconds, and the text.
  public static let byteCount = 256
  private static let textBytesMax = byteCount - 12

  /// The report as it goes over the pipe. A text that is too long for it is cut.
  public var bytes: [UInt8] {
    switch self {
    case .ready(let text): Self.record(1, text)
    case .turned(let pump, let isOn, let time): Self.record(2, "", pump.rawValue, isOn ? 1 : 0, time)
    case .alive: Self.record(3)
    case .failed(let text): Self.record(4, text)
    case .alarm(let text): Self.record(5, text)
    }
  }

  /// The report in `byteCount` bytes; nil if they mean nothing.
  public init?(_ bytes: ArraySlice<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == Self.byteCount, let pump = Pump(rawValue: bytes[1]), Int(bytes[3]) <= Self.textBytesMax else {
      return nil
    }
    let text = String(decoding: bytes[12..<12 + Int(bytes[3])], as: UTF8.self)
    switch bytes[0] {
    case 1: self = .ready(text)
    case 2: self = .turned(pump, isOn: bytes[2] != 0, at: .nanoseconds(Int64(clamping: number(bytes[4..<12]))))
    case 3: self = .alive
    case 4: self = .failed(text)
    case 5: self = .alarm(text)
    default: return nil
    }
  }

  private static func record(
    _ kind: UInt8, _ text: String = "", _ pump: UInt8 = 0, _ isOn: UInt8 = 0, _ time: Duration = .zero
  ) -> [UInt8] {
    var text = text
    while text.utf8.count > textBytesMax { text.removeLast() }
    let record = [kind, pump, isOn, UInt8(text.utf8.count)] + littleEndian(time.wholeNanoseconds) + Array(text.utf8)
    return record + [UInt8](repeating: 0, count: byteCount - record.count)
  }
}

/// Cuts what comes from a pipe into records of one size.
struct RecordReader {
  private let byteCount: Int
  private var bytes: [UInt8] = []

  init(byteCount: Int) { self.byteCount = byteCount }

  /// The records that are whole by these bytes.
  mutating func records(in new: some Sequence<UInt8>) -> [ArraySlice<UInt8>] {
    bytes += new
    let whole = bytes.count / byteCount
    let records = (0..<whole).map { bytes[$0 * byteCount..<($0 + 1) * byteCount] }
    bytes.removeFirst(whole * byteCount)
    return records
  }
}

extension Duration {
  /// The whole nanoseconds in it: 0 if it is negative, the largest number if it has none.
  fileprivate var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (product, isTooLarge) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflows) = product.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
    return isTooLarge || overflows ? .max : sum
  }
}

private func littleEndian(_ number: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }

private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
