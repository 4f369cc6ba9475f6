import BusSchema

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

extension FieldList.Field {
  /// The type of one value.
  var swiftElementType: String {
    if let enumeration { return SwiftName.type(enumeration.name) }
    switch type.element {
    case .bool: return "Bool"
    case .number(let number): return number.swiftType
    case .string: return "String"
    case .bytes: return "[UInt8]"
    case .structure: return SwiftName.type(structName ?? name)
    }
  }

  /// The type of the property: in the field's unit, if it has a scale.
  var swiftType: String { shaped(isScaled ? "Double" : swiftElementType) }

  /// The type of what is stored.
  var swiftStoredType: String { shaped(swiftElementType) }

  private func shaped(_ element: String) -> String {
    switch type.shape {
    case .single: element
    case .fixed(let count): "FixedArray<\(count), \(element)>"
    case .bounded, .unbounded: "[\(element)]"
    }
  }

  /// The scale as an expression.
  var swiftScale: String {
    let denominator = fraction.denominator == 1 ? "" : ", over: \(fraction.denominator.shortestText)"
    return "FieldScale(\(fraction.numerator.shortestText)\(denominator))"
  }

  /// The unit as an argument of what checks a range; empty if there is none.
  var swiftUnit: String { unit.map { ", unit: \($0.swiftLiteral)" } ?? "" }

  /// The default of the property as an expression; nil if there is none.
  var swiftDefault: String? {
    guard isScaled, case .number(let number)? = defaultValue else { return swiftStoredDefault }
    return fraction.physical(number).description
  }

  /// The default of what is stored as an expression; nil if there is none.
  var swiftStoredDefault: String? {
    switch defaultValue {
    case nil: return nil
    case .bool(let value)?: return "\(value)"
    case .text(let text)?: return text.swiftLiteral
    case .empty?: return "[]"
    case .number(let number)?:
      guard case .integer(let value) = number, let name = enumeration?.name(of: value) else {
        return type.element.text(number)
      }
      return ".\(SwiftName.escaped(SwiftName.enumValue(name)))"
    }
  }
}

extension Int? {
  var swiftLiteral: String { map { "\($0)" } ?? "nil" }
}

extension String {
  /// The text as a string literal.
  var swiftLiteral: String { "\"\(swiftEscaped)\"" }

  /// The text as it is written inside a string literal.
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
