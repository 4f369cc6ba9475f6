/// The scale along one dimension of data.
public struct PymodaqAxis: Equatable, Sendable {
  /// What it is called.
  public var label: String
  /// What its values are measured in.
  public var units: String
  /// A value for each index of the dimension.
  public var values: PymodaqArray
  /// The dimension that it belongs to.
  public var index: Int64
  /// Of meaning only for data that are spread.
  public var spreadOrder: Int64

  /// An axis of a dimension.
  public init(label: String, units: String, values: PymodaqArray, index: Int64 = 0, spreadOrder: Int64 = 0) {
    self.label = label
    self.units = units
    self.values = values
    self.index = index
    self.spreadOrder = spreadOrder
  }
}

/// How many dimensions data have, as PyMoDAQ names it.
public enum PymodaqDimension: String, CaseIterable, Sendable, CustomStringConvertible {
  case zero = "0D"
  case one = "1D"
  case two = "2D"
  case many = "ND"

  /// Such as `1D`.
  public var description: String { rawValue }
}

/// An attribute that data have beside the usual ones.
public struct PymodaqExtra: Equatable, Sendable {
  /// What it is called.
  public var name: String
  /// What it is.
  public var value: PymodaqValue

  /// An attribute.
  public init(_ name: String, _ value: PymodaqValue) {
    self.name = name
    self.value = value
  }
}

/// Arrays of one shape with what they mean: PyMoDAQ's `DataWithAxes`.
public struct PymodaqData: Equatable, Sendable {
  /// What class of PyMoDAQ's it is.
  public enum Kind: String, CaseIterable, Sendable {
    case withAxes = "DataWithAxes"
    case raw = "DataRaw"
    case actuator = "DataActuator"
    case fromPlugins = "DataFromPlugins"
    case calculated = "DataCalculated"
    /// Of generation 5 only.
    case fromRoi = "DataFromRoi"
  }

  /// Where data come from.
  public enum Source: String, Sendable { case raw, calculated }

  /// How the points lie.
  public enum Distribution: String, Sendable { case uniform, spread }

  /// What class of PyMoDAQ's it is.
  public var kind: Kind
  /// Seconds since the Unix epoch.
  public var timestamp: Double
  /// What it is called.
  public var name: String
  /// Empty if they have none, and before generation 4.4.
  public var units = ""
  /// Where it comes from.
  public var source = Source.raw
  /// How many dimensions each array has.
  public var dimension: PymodaqDimension
  /// How its points lie.
  public var distribution = Distribution.uniform
  /// The numbers, in arrays of one shape.
  public var arrays: [PymodaqArray]
  /// One for each array.
  public var labels: [String]
  /// Which module of PyMoDAQ it is from; empty if that is not said.
  public var origin = ""
  /// Which dimensions are those of a scan.
  public var navIndexes: [Int64] = []
  /// The scales of its dimensions.
  public var axes: [PymodaqAxis] = []
  /// One for each array, or none.
  public var errors: [PymodaqArray] = []
  /// Attributes beside the usual ones.
  public var extras: [PymodaqExtra] = []

  /// Data; what is not given has its usual value.
  public init(
    _ kind: Kind, timestamp: Double, name: String, dimension: PymodaqDimension, arrays: [PymodaqArray],
    labels: [String]
  ) {
    self.kind = kind
    self.timestamp = timestamp
    self.name = name
    self.dimension = dimension
    self.arrays = arrays
    self.labels = labels
  }
}

/// What a detector delivers at once: PyMoDAQ's `DataToExport`. Before generation 4.1 only its arrays travel.
public struct PymodaqExport: Equatable, Sendable {
  /// Seconds since the Unix epoch.
  public var timestamp: Double
  /// What it is called.
  public var name: String
  /// What is delivered.
  public var data: [PymodaqData]
  /// Of generation 5 only.
  public var extras: [PymodaqExtra] = []

  /// Several data under one name.
  public init(timestamp: Double, name: String, data: [PymodaqData]) {
    self.timestamp = timestamp
    self.name = name
    self.data = data
  }
}

/// Where an actuator is, or shall go.
public struct PymodaqPosition: Equatable, Sendable {
  /// What it is.
  public var value: Double
  /// Empty: those of the side that reads it.
  public var units: String
  /// What it is called.
  public var name: String
  /// Seconds since the Unix epoch.
  public var timestamp: Double

  /// A position.
  public init(_ value: Double, units: String = "", name: String = "", timestamp: Double = 0) {
    self.value = value
    self.units = units
    self.name = name
    self.timestamp = timestamp
  }

  /// As an object.
  var data: PymodaqData {
    var data = PymodaqData(
      .actuator, timestamp: timestamp, name: name, dimension: .zero, arrays: [PymodaqArray([value])], labels: ["CH00"])
    data.units = units
    return data
  }

  /// The first number of data.
  ///
  /// - Throws: `malformed` if there is none.
  init(_ data: PymodaqData) throws(PymodaqError) {
    guard let value = data.arrays.first?.doubles?.first else {
      throw .malformed("a position without a number: \(data.kind.rawValue) '\(data.name)'")
    }
    self.init(value, units: data.units, name: data.name, timestamp: data.timestamp)
  }
}
