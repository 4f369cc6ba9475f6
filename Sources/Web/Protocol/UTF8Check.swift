/// Whether bytes that come in pieces are UTF-8 (RFC 3629): a wrong byte is found as soon as it comes.
struct UTF8Check {
  /// How many bytes the character that has begun still needs.
  private var missing = 0
  /// What the next one of them may be.
  private var allowed: ClosedRange<UInt8> = 0x80...0xBF

  /// No character is in pieces.
  var isComplete: Bool { missing == 0 }

  /// Checks one more byte; false if no text can go on like that.
  mutating func add(_ byte: UInt8) -> Bool {
    if missing > 0 {
      guard allowed.contains(byte) else { return false }
      missing -= 1
      allowed = 0x80...0xBF
      return true
    }
    switch byte {
    case 0x00...0x7F: return true
    case 0xC2...0xDF: return begin(1)
    // The shortest form only, no surrogates, nothing above U+10FFFF.
    case 0xE0: return begin(2, 0xA0...0xBF)
    case 0xED: return begin(2, 0x80...0x9F)
    case 0xE1...0xEF: return begin(2)
    case 0xF0: return begin(3, 0x90...0xBF)
    case 0xF1...0xF3: return begin(3)
    case 0xF4: return begin(3, 0x80...0x8F)
    default: return false
    }
  }

  private mutating func begin(_ count: Int, _ next: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
    missing = count
    allowed = next
    return true
  }
}
