extension Array where Element: PayloadValue {
  /// The bytes of the count and all elements in a payload.
  @inlinable
  public var encodedSize: Int {
    var bytes = 4
    for element in self { bytes &+= element.encodedSize }
    return bytes
  }
}

extension Array where Element: PayloadScalar {
  /// The bytes of the count and all elements in a payload.
  @inlinable
  public var encodedSize: Int { 4 &+ count &* MemoryLayout<Element>.size }
}
