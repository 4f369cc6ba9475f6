/// A parameter in PyMoDAQ's tree of settings: a name, a value, and what stands below it.
public struct PymodaqParameter: Equatable, Sendable {
  /// What a parameter holds.
  public enum Value: Equatable, Sendable {
    case group
    case real(Double)
    case integer(Int64)
    case bool(Bool)
    case text(String)
    /// A type that is not known here: its name and its text, which PyMoDAQ evaluates as Python. It is never written.
    case other(type: String, text: String)
  }

  /// The name of its element.
  public var name: String
  /// What the user reads.
  public var title: String
  /// Whether the user may not change it.
  public var isReadOnly: Bool
  /// What it holds.
  public var value: Value
  /// What stands below it.
  public var children: [PymodaqParameter]

  /// A parameter.
  ///
  /// - Parameters:
  ///   - name: letters, digits and underscores: it becomes the name of an element of XML.
  ///   - title: for the user; the name if it is empty.
  public init(
    _ name: String, title: String = "", isReadOnly: Bool = false, _ value: Value, children: [PymodaqParameter] = []
  ) {
    self.name = name
    self.title = title.isEmpty ? name : title
    self.isReadOnly = isReadOnly
    self.value = value
    self.children = children
  }

  /// Reads what an element says: its name, the attributes `type`, `title` and `readonly`, and its text.
  ///
  /// - Returns: nil if it has no type, or a text that is no value of it.
  public init?(name: String, attributes: [String: String], text: String, children: [PymodaqParameter]) {
    guard let type = attributes["type"] else { return nil }
    let value: Value? =
      switch type {
      case "group": .group
      case "float": Double(text).map { .real($0) }
      case "int": Int64(text).map { .integer($0) }
      case "bool", "led", "bool_push", "led_push": text == "1" ? .bool(true) : text == "0" ? .bool(false) : nil
      case "str", "text": .text(text)
      default: .other(type: type, text: text)
      }
    guard let value else { return nil }
    self.init(
      name, title: attributes["title"] ?? "", isReadOnly: attributes["readonly"] == "1", value, children: children)
  }

  /// The parameter at a path below this one; nil if there is none.
  public subscript(path: some Collection<String>) -> PymodaqParameter? {
    guard let first = path.first else { return self }
    return children.first { $0.name == first }?[path.dropFirst()]
  }

  /// As ASCII text of XML that PyMoDAQ reads. What it would evaluate is left out: limits, lists, and types not known here.
  public var xml: [UInt8] {
    var text = ""
    write(to: &text)
    return Array(text.utf8)
  }

  private func write(to text: inout String) {
    let (type, content): (String, String) =
      switch value {
      case .group: ("group", "")
      case .real(let value): ("float", "\(value)")
      case .integer(let value): ("int", "\(value)")
      case .bool(let value): ("bool", value ? "1" : "0")
      case .text(let value): ("str", value)
      case .other: ("str", "")
      }
    text += "<\(name) type=\"\(type)\" title=\"\(title.escapedForXML)\" visible=\"1\" removable=\"0\""
    text += " readonly=\"\(isReadOnly ? 1 : 0)\""
    guard !content.isEmpty || !children.isEmpty else { return text += " />" }
    text += ">\(content.escapedForXML)"
    for child in children { child.write(to: &text) }
    text += "</\(name)>"
  }
}

extension String {
  /// Without characters of meaning in XML, and in ASCII alone. What XML cannot carry at all becomes a question mark.
  fileprivate var escapedForXML: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "\t", "\n", "\r": text += "&#\(scalar.value);"
      case " "..."~": text.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": text += "?"
      default: text += "&#\(scalar.value);"
      }
    }
    return text
  }
}
