/// Bytes that decide what happens next.
public struct FuzzInput {
  private var rest: ArraySlice<UInt8>

  /// - Parameter bytes: the input as libFuzzer gives it.
  public init(_ bytes: [UInt8]) {
    rest = bytes[...]
  }

  /// Whether there are no more.
  public var isAtEnd: Bool { rest.isEmpty }

  /// The next byte; 0 behind the end.
  public mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// The next bytes, as far as they are there.
  public mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// All that is left.
  public mutating func all() -> [UInt8] {
    defer { rest = [] }
    return Array(rest)
  }
}
