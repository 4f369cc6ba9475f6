import Foundation
import PymodaqBridgeProtocol
import TestSupport

/// Bytes that a release of PyMoDAQ has made, and what they mean.
struct PymodaqVector: Sendable, CustomStringConvertible {
  let id: String
  let generation: PymodaqGeneration
  let kind: String
  let bytes: [UInt8]
  /// The values that one call sends one after another; none for XML.
  let parts: [PymodaqValue]
  /// The names of the parameters in a tree, where there is one.
  let parameters: [(name: String, type: String)]

  var description: String { id }

  /// Those of a file in `Fixtures`.
  static func all(in file: String) throws -> [PymodaqVector] {
    let bytes = try Fixture.bytes("Tests/Modules/PymodaqBridge/Fixtures/\(file)")
    let root = try JSONSerialization.jsonObject(with: Data(bytes)) as! [String: Any]
    return (root["vectors"] as! [[String: Any]]).map(PymodaqVector.init)
  }

  private init(_ entry: [String: Any]) {
    let value = entry["value"] as! [String: Any]
    id = entry["id"] as! String
    generation = PymodaqGeneration(rawValue: entry["generation"] as! String)!
    kind = value["kind"] as! String
    bytes = Self.bytes(entry["hex"] as! String)
    let tree = value["parsed"] as? [[String: Any]] ?? []
    parameters = tree.map { ($0["name"] as! String, $0["type"] as! String) }
    parts =
      switch kind {
      case "message": (value["parts"] as! [[String: Any]]).map(Self.value)
      case "xml": []
      default: [Self.value(value)]
      }
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! }
  }

  private static func value(_ value: [String: Any]) -> PymodaqValue {
    switch value["kind"] as! String {
    case "str": return .text(value["value"] as! String)
    case "bytes": return .bytes(bytes(value["hex"] as! String))
    case "int": return .scalar(PymodaqScalar(integer(value["value"]!)))
    case "float": return .scalar(PymodaqScalar(number(value["value"]!)))
    case "bool": return .scalar(PymodaqScalar((value["value"] as! NSNumber).boolValue))
    case "complex":
      let pair = (value["value"] as! [Any]).map(number)
      return .scalar(PymodaqScalar(PymodaqDataType("<c16")!, bytes: PymodaqArray(pair).bytes)!)
    case "none": return .none
    case "list": return .list(items(value))
    case "tuple": return .tuple(items(value))
    case "dict":
      let entries = value["items"] as! [[Any]]
      return .dictionary(
        keys: entries.map { Self.value($0[0] as! [String: Any]) },
        values: entries.map { Self.value($0[1] as! [String: Any]) })
    case "ndarray": return .array(array(value))
    case "Axis": return .axis(axis(value))
    case "Dwa": return .data(data(value))
    case "Dte": return .export(export(value))
    default: fatalError("an unknown kind of value in the vectors")
    }
  }

  private static func items(_ value: [String: Any]) -> [PymodaqValue] {
    (value["items"] as! [[String: Any]]).map(Self.value)
  }

  private static func number(_ value: Any) -> Double {
    if let text = value as? String { return Double(text)! }
    return (value as! NSNumber).doubleValue
  }

  /// Those that JSON's readers may round are written as texts.
  private static func integer(_ value: Any) -> Int64 {
    (value as? String).map { Int64($0)! } ?? (value as! NSNumber).int64Value
  }

  private static func array(_ value: [String: Any]) -> PymodaqArray {
    let type = PymodaqDataType(value["dtype"] as! String)!
    let shape = (value["shape"] as! [NSNumber]).map(\.intValue)
    var bytes: [UInt8] = []
    for element in value["values"] as! [Any] { append(element, type, to: &bytes) }
    return PymodaqArray(type, shape: shape, bytes: bytes)!
  }

  private static func append(_ element: Any, _ type: PymodaqDataType, to bytes: inout [UInt8]) {
    var own: [UInt8] = []
    switch type.kind {
    case .real:
      switch type.byteCount {
      case 8: own = little(number(element).bitPattern, 8)
      case 4: own = little(UInt64(Float(number(element)).bitPattern), 4)
      default: own = little(UInt64(Float16(number(element)).bitPattern), 2)
      }
    case .complex:
      for part in element as! [Any] {
        own +=
          type.byteCount == 16 ? little(number(part).bitPattern, 8) : little(UInt64(Float(number(part)).bitPattern), 4)
      }
      return bytes += own
    case .text:
      for scalar in (element as! String).unicodeScalars { own += little(UInt64(scalar.value), 4) }
      own += [UInt8](repeating: 0, count: type.byteCount - own.count)
      return bytes += own
    case .bytes:
      own = Self.bytes(element as! String)
      return bytes += own + [UInt8](repeating: 0, count: type.byteCount - own.count)
    case .unsigned:
      own = little((element as? String).map { UInt64($0)! } ?? (element as! NSNumber).uint64Value, type.byteCount)
    default:
      own = little(UInt64(bitPattern: integer(element)), type.byteCount)
    }
    bytes += type.isBigEndian ? own.reversed() : own
  }

  private static func little(_ bits: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
  }

  private static func axis(_ value: [String: Any]) -> PymodaqAxis {
    PymodaqAxis(
      label: value["label"] as! String, units: value["units"] as! String,
      values: array(value["data"] as! [String: Any]), index: (value["index"] as! NSNumber).int64Value,
      spreadOrder: (value["spread_order"] as! NSNumber).int64Value)
  }

  private static func data(_ value: [String: Any]) -> PymodaqData {
    var data = PymodaqData(
      PymodaqData.Kind(rawValue: value["cls"] as! String)!, timestamp: number(value["timestamp"]!),
      name: value["name"] as! String,
      dimension: PymodaqDimension(rawValue: String((value["dim"] as! String).dropFirst(4)))!,
      arrays: (value["data"] as! [[String: Any]]).map(array), labels: value["labels"] as! [String])
    data.units = value["units"] as? String ?? ""
    data.source = PymodaqData.Source(rawValue: value["source"] as! String)!
    data.distribution = PymodaqData.Distribution(rawValue: value["distribution"] as! String)!
    data.origin = value["origin"] as! String
    data.navIndexes = (value["nav_indexes"] as! [NSNumber]).map(\.int64Value)
    data.axes = (value["axes"] as! [[String: Any]]).map(axis)
    data.errors = (value["errors"] as? [[String: Any]] ?? []).map(array)
    data.extras = extras(value)
    return data
  }

  private static func export(_ value: [String: Any]) -> PymodaqExport {
    var export = PymodaqExport(
      timestamp: number(value["timestamp"]!), name: value["name"] as! String,
      data: (value["data"] as! [[String: Any]]).map(data))
    export.extras = extras(value)
    return export
  }

  private static func extras(_ value: [String: Any]) -> [PymodaqExtra] {
    (value["extra"] as? [[Any]] ?? []).map { PymodaqExtra($0[0] as! String, Self.value($0[1] as! [String: Any])) }
  }
}

extension PymodaqValue {
  /// How a reader has to be asked for it.
  var form: PymodaqReader.Form {
    switch self {
    case .text: .text
    case .bytes: .bytes
    case .scalar: .scalar
    case .array: .array
    case .list: .list
    case .axis: .axis
    case .data: .data
    case .export: .export
    default: .list
    }
  }
}
