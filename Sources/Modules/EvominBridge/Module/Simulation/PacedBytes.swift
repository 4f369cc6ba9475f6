/// Bytes on a line that takes its time for each. Times are monotonic nanoseconds.
struct PacedBytes {
  /// 0 if they arrive at once.
  private let byteNanoseconds: UInt64
  private var bytes = [UInt8]()
  /// When the first of them has begun, which is when the last one before it had arrived.
  private(set) var begun: UInt64 = 0

  /// - Parameter baud: bits per second, ten to a byte; nil for a line without a speed.
  init(baud: Int?) {
    byteNanoseconds = baud.map { 10_000_000_000 / UInt64($0) } ?? 0
  }

  mutating func append(_ more: some Collection<UInt8>, at now: UInt64) {
    // A line that was busy until a moment ago goes on from there.
    if bytes.isEmpty { begun = max(begun, now) }
    bytes += more
  }

  /// Bytes that have not arrived yet.
  var count: Int { bytes.count }

  /// The bytes that have arrived.
  mutating func take(at now: UInt64) -> [UInt8] {
    guard !bytes.isEmpty, now >= begun else { return [] }
    let count = byteNanoseconds == 0 ? bytes.count : min(bytes.count, Int((now - begun) / byteNanoseconds))
    guard count > 0 else { return [] }
    defer { bytes.removeFirst(count) }
    begun += UInt64(count) * byteNanoseconds
    return Array(bytes.prefix(count))
  }

  /// When the next byte has arrived; nil if there is none.
  var deadline: UInt64? { bytes.isEmpty ? nil : begun + byteNanoseconds }

  mutating func removeAll() { bytes = [] }
}
