extension FieldList {
  /// The type of a field: what its elements are, and how many there are.
  package struct ValueType: Equatable, Sendable {
    /// The type of one value.
    package indirect enum Element: Equatable, Sendable {
      case bool
      /// A number, or an enum that travels as one.
      case number(NumberType)
      /// With the most bytes of UTF-8 that it may have.
      case string(bound: Int?)
      /// With the most bytes that it may have.
      case bytes(bound: Int?)
      case structure([Field])
    }

    /// How many values stand behind one field.
    package enum Shape: Equatable, Sendable {
      case single
      /// `T[4]`
      case fixed(Int)
      /// `T[<=64]`; a bound of a string or of bytes is part of the element.
      case bounded(Int)
      /// `T[]`
      case unbounded
    }

    /// What one value is.
    package let element: Element
    /// How many there are.
    package let shape: Shape
    /// The fewest bytes that one element takes in a payload; `Int.max` if that is beyond counting.
    package let elementSizeMin: Int

    /// - Parameter shape: how many values there are; one unless the schema says otherwise.
    package init(_ element: Element, _ shape: Shape = .single) {
      self.element = element
      self.shape = shape
      elementSizeMin =
        switch element {
        case .bool: 1
        case .number(let type): type.byteCount
        case .string, .bytes: 4
        case .structure(let fields): fields.reduce(0) { $0.addingClamped($1.type.sizeMin) }
        }
    }

    /// The fewest bytes that a value takes in a payload; `Int.max` if that is beyond counting.
    package var sizeMin: Int {
      switch shape {
      case .single: elementSizeMin
      case .fixed(let count): elementSizeMin.multipliedClamped(by: count)
      case .bounded, .unbounded: 4
      }
    }

    /// Whether every value takes the same number of bytes.
    package var isFixedSize: Bool {
      switch (shape, element) {
      case (.bounded, _), (.unbounded, _), (_, .string), (_, .bytes): false
      case (_, .bool), (_, .number): true
      case (_, .structure(let fields)): fields.allSatisfy(\.type.isFixedSize)
      }
    }

    /// The type of one element by itself.
    package var single: ValueType { ValueType(element) }
  }
}

extension FieldList.ValueType: CustomStringConvertible {
  /// The type as a field list writes it; a struct is `{…}`.
  package var description: String {
    let name =
      switch element {
      case .bool: "bool"
      case .number(let type): type.rawValue
      case .string(let bound): "string" + (bound.map { "[<=\($0)]" } ?? "")
      case .bytes(let bound): "bytes" + (bound.map { "[<=\($0)]" } ?? "")
      case .structure: "{…}"
      }
    return name + shape.suffix
  }
}

extension FieldList.ValueType.Shape {
  /// What follows the name of the element: `[4]`, `[<=64]`, `[]` or nothing.
  package var suffix: String {
    switch self {
    case .single: ""
    case .fixed(let count): "[\(count)]"
    case .bounded(let bound): "[<=\(bound)]"
    case .unbounded: "[]"
    }
  }
}

extension Int {
  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  fileprivate func multipliedClamped(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
