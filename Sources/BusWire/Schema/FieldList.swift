/// The canonical field list of a frame: one line per field, `name type unit scale[ = default]`.
///
/// What follows a TAB on a line (ranges, enum names, documentation) is for people and tools and decides nothing.
/// docs/PROTOCOL.md, "Field lists", has the grammar.
public enum FieldList {
  /// The parts of the lines that decide whether two lists agree.
  public static func hashedLines(_ fields: some StringProtocol) -> [Substring] {
    Substring(fields).split(separator: "\n", omittingEmptySubsequences: true).map { line in
      line.prefix { $0 != "\t" }
    }
  }

  /// FNV-1a with 64 bits over the hashed part of every line, each ended by a line feed.
  public static func fingerprint(_ fields: some StringProtocol) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for line in hashedLines(fields) {
      for byte in line.utf8 { hash = mix(hash, byte) }
      hash = mix(hash, UInt8(ascii: "\n"))
    }
    return hash
  }

  private static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x100_0000_01B3
  }
}
