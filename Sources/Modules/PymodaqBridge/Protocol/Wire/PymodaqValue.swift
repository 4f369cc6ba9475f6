/// A single number or truth value, as it travels.
public struct PymodaqScalar: Equatable, Sendable {
  let array: PymodaqArray

  /// - Returns: nil if there is not exactly one element.
  public init?(_ type: PymodaqDataType, bytes: [UInt8]) {
    guard let array = PymodaqArray(type, shape: [], bytes: bytes) else { return nil }
    self.array = array
  }

  /// A number with a fraction: `<f8`.
  public init(_ value: Double) { array = PymodaqArray([value], shape: []) }

  /// A whole number: `<i8`.
  public init(_ value: Int64) {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: value)
    array = PymodaqArray(.int64, shape: [], bytes: bytes)!
  }

  /// A truth value: `|b1`.
  public init(_ value: Bool) { array = PymodaqArray(.bool, shape: [], bytes: [value ? 1 : 0])! }

  /// What it is.
  public var type: PymodaqDataType { array.type }
  /// The number; of a complex one and of a text there is none.
  public var double: Double? { array.doubles?.first }
  /// The whole number; nil if it is none.
  public var integer: Int128? { array.integers?.first }
}

/// Anything that travels.
public indirect enum PymodaqValue: Equatable, Sendable {
  case text(String)
  case bytes([UInt8])
  case scalar(PymodaqScalar)
  case array(PymodaqArray)
  case list([PymodaqValue])
  case axis(PymodaqAxis)
  case data(PymodaqData)
  case export(PymodaqExport)
  /// A parameter: where it is in its tree, and itself as XML. Of 4.3 to 4.4.
  case parameter(path: [String], xml: [UInt8])
  /// Of generation 5.
  case tuple([PymodaqValue])
  /// Of generation 5.
  case dictionary(keys: [PymodaqValue], values: [PymodaqValue])
  /// Python's `None`, of generation 5.
  case none
}
