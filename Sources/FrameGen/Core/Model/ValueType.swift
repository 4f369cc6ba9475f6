/// The type of a field.
struct ValueType {
  let element: ElementType
  /// Of strings and bytes the bound is part of the element.
  let shape: Shape
}

extension ValueType {
  /// The fewest bytes on the wire.
  var encodedSizeMin: Int {
    switch shape {
    case .single: element.encodedSizeMin
    case .fixed(let count): element.encodedSizeMin * count
    case .bounded, .unbounded: 4
    }
  }

  /// Whether every value takes as many bytes.
  var isFixedSize: Bool {
    switch shape {
    case .single, .fixed: element.isFixedSize
    case .bounded, .unbounded: false
    }
  }
}
