/// An array whose length is part of its type: `uint8[4]` in a schema. It lives in place, without an allocation.
///
///     var address: FixedArray<4, UInt8> = [127, 0, 0, 1]
public struct FixedArray<let size: Int, Element> {
  @usableFromInline var elements: InlineArray<size, Element>

  /// `size` times the same element.
  @inlinable
  public init(repeating element: Element) {
    elements = InlineArray(repeating: element)
  }
}

extension FixedArray: RandomAccessCollection, MutableCollection {
  @inlinable
  public var startIndex: Int { 0 }
  @inlinable
  public var endIndex: Int { size }

  @inlinable
  public subscript(index: Int) -> Element {
    get { elements[index] }
    set { elements[index] = newValue }
  }
}

extension FixedArray: ExpressibleByArrayLiteral {
  /// The literal must have exactly `size` elements.
  @inlinable
  public init(arrayLiteral literal: Element...) {
    precondition(literal.count == size, "a FixedArray takes exactly as many elements as its type says")
    elements = InlineArray { literal[$0] }
  }
}

extension FixedArray: Equatable where Element: Equatable {
  @inlinable
  public static func == (left: FixedArray, right: FixedArray) -> Bool {
    for index in 0..<size where left.elements[index] != right.elements[index] {
      return false
    }
    return true
  }
}

extension FixedArray: Sendable where Element: Sendable {}
extension FixedArray: BitwiseCopyable where Element: BitwiseCopyable {}

extension FixedArray where Element: PayloadValue {
  /// The bytes of all elements in a payload.
  @inlinable
  public var encodedSize: Int {
    var bytes = 0
    for index in 0..<size { bytes &+= elements[index].encodedSize }
    return bytes
  }
}

extension FixedArray: CustomStringConvertible {
  public var description: String { "\(Array(self))" }
}
