/// Counts AA in a row in a payload: a stuff byte follows each pair that does not end it.
struct EvominRun {
  private var count = 0

  var isPair: Bool { count == 2 }

  /// Takes the next byte of the payload. A pair must have been followed by a new run.
  mutating func add(_ byte: UInt8) {
    if isPair { count = 0 }
    count = byte == EvominByte.start ? count + 1 : 0
  }
}
