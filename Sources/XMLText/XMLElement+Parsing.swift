import CExpat

extension XMLElement {
  /// Reads a document. It must not declare a type, so that nothing in it stands for anything that is not written there.
  ///
  /// - Throws: `XMLProblem`.
  package static func parse(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) throws(XMLProblem) -> XMLElement {
    guard bytes.count <= limits.bytesMax else {
      throw XMLProblem(line: 1, reason: "\(bytes.count) bytes are more than the \(limits.bytesMax) that are read")
    }
    guard let parser = XML_ParserCreate(nil) else { throw XMLProblem(line: 1, reason: "out of memory") }
    defer { XML_ParserFree(parser) }
    let builder = XMLBuilder(parser, limits)
    XML_SetUserData(parser, Unmanaged.passUnretained(builder).toOpaque())
    XML_SetElementHandler(
      parser, { XMLBuilder.of($0).start($1, $2) }, { data, _ in XMLBuilder.of(data).end() })
    XML_SetCharacterDataHandler(parser) { XMLBuilder.of($0).characters($1, $2) }
    XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
      XMLBuilder.of(data).stop("a document type is declared, which is not read here")
    }
    let status = bytes.withUnsafeBytes {
      XML_Parse(parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), 1)
    }
    let line = Int(XML_GetCurrentLineNumber(parser))
    if let reason = builder.reason { throw XMLProblem(line: line, reason: reason) }
    guard status == XML_STATUS_OK, let root = builder.root else {
      throw XMLProblem(line: line, reason: String(cString: XML_ErrorString(XML_GetErrorCode(parser))))
    }
    return root
  }
}

/// What expat's calls become.
private final class XMLBuilder {
  private(set) var root: XMLElement?
  /// Why the parser was stopped here.
  private(set) var reason: String?
  private let parser: XML_Parser
  private let limits: XMLLimits
  private var open: [XMLElement] = []
  private var count = 0

  init(_ parser: XML_Parser, _ limits: XMLLimits) {
    self.parser = parser
    self.limits = limits
  }

  /// Unretained: the builder lives as long as `parse`, which makes all the calls.
  static func of(_ data: UnsafeMutableRawPointer?) -> XMLBuilder {
    Unmanaged<XMLBuilder>.fromOpaque(data!).takeUnretainedValue()
  }

  func start(_ name: UnsafePointer<CChar>?, _ list: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
    count += 1
    guard open.count < limits.depthMax else { return stop("elements lie deeper in each other than \(limits.depthMax)") }
    guard count <= limits.elementsMax else { return stop("there are more than \(limits.elementsMax) elements") }
    var attributes: [String: String] = [:]
    var index = 0
    while let name = list?[index], let value = list?[index + 1] {
      attributes[String(cString: name)] = String(cString: value)
      index += 2
    }
    open.append(XMLElement(name: name.map { String(cString: $0) } ?? "", attributes: attributes))
  }

  func end() {
    guard let element = open.popLast() else { return }
    if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
  }

  func characters(_ text: UnsafePointer<CChar>?, _ count: Int32) {
    guard !open.isEmpty, let text else { return }
    text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
      open[open.count - 1].text += String(decoding: UnsafeBufferPointer(start: $0, count: Int(count)), as: UTF8.self)
    }
  }

  func stop(_ reason: String) {
    guard self.reason == nil else { return }
    self.reason = reason
    XML_StopParser(parser, 0)
  }
}
