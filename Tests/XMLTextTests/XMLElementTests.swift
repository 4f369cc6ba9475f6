import Testing

@testable import XMLText

@Suite("XML")
struct XMLElementTests {
  @Test("is read with names, attributes, texts and what lies in what")
  func reads() throws {
    let root = try XMLElement.parse(Array("<a t=\"1\">x<b u='&#181;m'>&lt;</b>y<c/></a>".utf8))
    #expect(root.name == "a" && root.attributes == ["t": "1"] && root.text == "xy")
    #expect(root.children.map(\.name) == ["b", "c"])
    #expect(root.children[0].attributes == ["u": "µm"] && root.children[0].text == "<")
  }

  @Test(
    "that is none is refused with its line",
    arguments: ["", "<a>", "<a></b>", "<a b=1/>", "x", "<a/><b/>", "<a>\0</a>"])
  func malformed(text: String) {
    #expect(throws: XMLProblem.self) { try XMLElement.parse(Array(text.utf8)) }
  }

  @Test("says in which line it is wrong")
  func line() {
    #expect(throws: XMLProblem(line: 2, reason: "mismatched tag")) { try XMLElement.parse(Array("<a>\n</b>".utf8)) }
  }

  @Test("that declares a type is refused: nobody's laughs grow to billions, and no file is read")
  func bomb() {
    let laughs = """
      <!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><r>&b;&c;</r>
      """
    #expect(throws: XMLProblem(line: 1, reason: "a document type is declared, which is not read here")) {
      try XMLElement.parse(Array(laughs.utf8))
    }
  }

  @Test("has limits")
  func limits() {
    var limits = XMLLimits()
    (limits.bytesMax, limits.depthMax, limits.elementsMax) = (100, 3, 5)
    let tooMuch = [
      "<a><b><c><d/></c></b></a>", "<a><b/><b/><b/><b/><b/></a>", "<a>\(String(repeating: "x", count: 100))</a>",
    ]
    for text in tooMuch {
      #expect(throws: XMLProblem.self) { try XMLElement.parse(Array(text.utf8), limits: limits) }
    }
    #expect(throws: Never.self) { try XMLElement.parse(Array("<a><b><c/></b></a>".utf8), limits: limits) }
  }
}
