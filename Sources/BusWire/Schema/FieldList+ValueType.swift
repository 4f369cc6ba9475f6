extension FieldList {
  /// The type of a field: what its elements are, and how many there are.
  public struct ValueType: Equatable, Sendable {
    public indirect enum Element: Equatable, Sendable {
      case bool
      /// A number, or an enum that travels as one.
      case number(NumberType)
      /// UTF-8 of so many bytes at most.
      case string(bound: Int?)
      case bytes(bound: Int?)
      case structure([Field])
    }

    public enum Shape: Equatable, Sendable {
      case single
      case fixed(Int)
      case bounded(Int)
      case unbounded
    }

    public let element: Element
    public let shape: Shape
    /// The fewest bytes that one element takes in a payload; `Int.max` if that is beyond counting.
    public let elementSizeMin: Int

    public init(_ element: Element, _ shape: Shape = .single) {
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
    public var sizeMin: Int {
      switch shape {
      case .single: elementSizeMin
      case .fixed(let count): elementSizeMin.multipliedClamped(by: count)
      case .bounded, .unbounded: 4
      }
    }

    /// The type of one element by itself.
    public var single: ValueType { ValueType(element) }
  }
}

extension FieldList.ValueType: CustomStringConvertible {
  /// The type as a field list writes it; a struct is `{…}`.
  public var description: String {
    let name =
      switch element {
      case .bool: "bool"
      case .number(let type): type.rawValue
      case .string(let bound): "string" + (bound.map { "[<=\($0)]" } ?? "")
      case .bytes(let bound): "bytes" + (bound.map { "[<=\($0)]" } ?? "")
      case .structure: "{…}"
      }
    return switch shape {
    case .single: name
    case .fixed(let count): "\(name)[\(count)]"
    case .bounded(let bound): "\(name)[<=\(bound)]"
    case .unbounded: "\(name)[]"
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
