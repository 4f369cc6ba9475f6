extension NumberType {
  var swiftType: String {
    switch self {
    case .float32: "Float"
    case .float64: "Double"
    case .int8, .int16, .int32, .int64: "Int" + rawValue.dropFirst(3)
    case .uint8, .uint16, .uint32, .uint64: "UInt" + rawValue.dropFirst(4)
    }
  }
}

extension ElementType {
  var swiftType: String {
    switch self {
    case .bool: "Bool"
    case .number(let number): number.swiftType
    case .string: "String"
    case .bytes: "[UInt8]"
    case .enumeration(let model): SwiftName.type(model.name)
    case .structure(let model): SwiftName.type(model.name)
    }
  }
}

extension ValueType {
  var swiftType: String {
    switch shape {
    case .single: element.swiftType
    case .fixed(let count): "FixedArray<\(count), \(element.swiftType)>"
    case .bounded, .unbounded: "[\(element.swiftType)]"
    }
  }
}

extension DefaultValue {
  var swiftLiteral: String {
    switch self {
    case .bool(let value): "\(value)"
    case .number(let number, let type): type.text(number)
    case .text(let text): text.swiftLiteral
    case .enumValue(let value): ".\(SwiftName.escaped(SwiftName.enumValue(value.name)))"
    case .emptyArray: "[]"
    }
  }
}

extension Int? {
  var swiftLiteral: String { map { "\($0)" } ?? "nil" }
}

extension String {
  /// The text as a string literal.
  var swiftLiteral: String { "\"\(swiftEscaped)\"" }

  /// The text as it stands inside of a string literal.
  var swiftEscaped: String {
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": escaped += "\\\""
      case "\\": escaped += "\\\\"
      case "\t": escaped += "\\t"
      case "\n": escaped += "\\n"
      default:
        if scalar.properties.generalCategory == .control {
          escaped += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          escaped.unicodeScalars.append(scalar)
        }
      }
    }
    return escaped
  }
}
