import PymodaqBridgeProtocol
import XMLText

extension PymodaqParameter {
  /// Reads a parameter with everything below it.
  ///
  /// - Throws: `XMLProblem` if it is no XML, or an element says no type or a value that is none of it.
  init(xml bytes: [UInt8]) throws(XMLProblem) {
    try self.init(XMLElement.parse(bytes), isRoot: true)
  }

  private init(_ element: XMLElement, isRoot: Bool) throws(XMLProblem) {
    var children: [PymodaqParameter] = []
    for child in element.children { children.append(try PymodaqParameter(child, isRoot: false)) }
    // What stands around children for the sake of looks is no value, and a root's own attributes mean nothing.
    let isGroup = isRoot && !children.isEmpty
    let attributes = isGroup ? ["type": "group"] : element.attributes
    guard
      let parameter = PymodaqParameter(
        name: element.name, attributes: attributes, text: element.text, children: children)
    else {
      throw XMLProblem(
        line: 1,
        reason:
          "the parameter '\(element.name)' of the type '\(element.attributes["type"] ?? "")' is not '\(element.text)'")
    }
    self = parameter
  }
}
