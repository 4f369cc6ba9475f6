import BusWire

/// The senders whose field list of a type does not fit this module's, as the manager has reported.
struct Mismatches {
  private struct Key: Hashable {
    var type: UInt16
    var source: UInt32
  }

  private var differences: [Key: String] = [:]

  mutating func add(_ mismatch: Mismatch) {
    differences[Key(type: mismatch.type, source: mismatch.module)] = mismatch.difference
  }

  /// In what the schemas of a frame's sender and of this module differ; nil if they do not.
  func difference(of header: FrameHeader) -> String? {
    differences.isEmpty ? nil : differences[Key(type: header.type, source: header.source)]
  }

  /// Module ids mean something else on the next connection.
  mutating func removeAll() { differences = [:] }
}
