/// What the elements of an array are, as numpy writes it: `<f8`, `|b1`, `>u2`, `<U12`.
public struct PymodaqDataType: Hashable, Sendable, CustomStringConvertible {
  /// What an element is.
  public enum Kind: Character, Sendable {
    case bool = "b"
    case integer = "i"
    case unsigned = "u"
    case real = "f"
    case complex = "c"
    /// Text as UCS-4, padded with zeros.
    case text = "U"
    /// Bytes, padded with zeros.
    case bytes = "S"
  }

  /// What an element is.
  public let kind: Kind
  /// Bytes of an element; of a text, four for each character.
  public let byteCount: Int
  /// Whether the most significant byte comes first.
  public let isBigEndian: Bool
  /// As numpy writes it.
  public let description: String

  /// An element of 8 bytes with a fraction: `<f8`.
  public static let float64 = PymodaqDataType(checked: "<f8")
  /// An element of 4 bytes with a fraction: `<f4`.
  public static let float32 = PymodaqDataType(checked: "<f4")
  /// A whole number of 8 bytes: `<i8`.
  public static let int64 = PymodaqDataType(checked: "<i8")
  /// A truth value: `|b1`.
  public static let bool = PymodaqDataType(checked: "|b1")

  private init(checked name: String) { self = PymodaqDataType(name)! }

  /// Reads numpy's name of a type; nil if it is none, or one that is not read here.
  public init?(_ name: some StringProtocol) {
    let name = String(name)
    var rest = Substring(name)
    guard let order = rest.popFirst(), let letter = rest.popFirst(), let kind = Kind(rawValue: letter),
      rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let size = Int(rest), size > 0, size <= 65_536
    else { return nil }
    let sizes: [Int]? =
      switch kind {
      case .bool: [1]
      case .integer, .unsigned: [1, 2, 4, 8]
      case .real: [2, 4, 8]
      case .complex: [8, 16]
      case .text, .bytes: nil
      }
    if let sizes, !sizes.contains(size) { return nil }
    let isSingleByte = kind == .bytes || size == 1 && kind != .text
    guard isSingleByte ? order == "|" : order == "<" || order == ">" else { return nil }
    self.kind = kind
    byteCount = kind == .text ? size * 4 : size
    isBigEndian = order == ">"
    description = name
  }
}
