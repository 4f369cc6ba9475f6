/// An array whose length is part of its type: `uint8[4]` in a schema. It lives in place, without an allocation.
///
///     var address: FixedArray<4, UInt8> = .init([127, 0, 0, 1])
///     address = try FixedArray(copying: bytes)
public struct FixedArray<let size: Int, Element> {
  @usableFromInline var elements: InlineArray<size, Element>

  /// These elements; the compiler refuses a literal with any other number of them.
  @inlinable
  public init(_ elements: InlineArray<size, Element>) {
    self.elements = elements
  }

  /// The elements of a sequence.
  ///
  /// - Throws: `CodecError.wrongCount` if there are not exactly `size` of them.
  @inlinable
  public init(copying sequence: some Sequence<Element>) throws(CodecError) {
    let copy = Array(sequence)
    guard copy.count == size else { throw .wrongCount(field: "", count: copy.count, size: size) }
    elements = InlineArray { copy[$0] }
  }

  /// `size` times the same element.
  @inlinable
  public init(repeating element: Element) {
    elements = InlineArray(repeating: element)
  }
}

extension FixedArray {
  /// The elements, without a copy.
  @inlinable
  public var span: Span<Element> {
    @_lifetime(borrow self)
    borrowing get { elements.span }
  }
}

extension FixedArray: RandomAccessCollection, MutableCollection {
  /// Always 0.
  @inlinable
  public var startIndex: Int { 0 }
  /// Always `size`.
  @inlinable
  public var endIndex: Int { size }

  /// The element at a place from 0 to `size` - 1.
  @inlinable
  public subscript(index: Int) -> Element {
    get { elements[index] }
    set { elements[index] = newValue }
  }
}

extension FixedArray: Equatable where Element: Equatable {
  /// Whether all elements are equal.
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
  /// The elements as an array shows them.
  public var description: String { "\(Array(self))" }
}
