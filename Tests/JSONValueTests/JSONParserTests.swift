import Testing

@testable import JSONValue

@Suite("Reading JSON")
struct JSONParserTests {
  @Test("keeps digits and the order of members")
  func values() throws {
    let text =
      #" {"z" : 18446744073709551615 ,"a":[1.10,-0,2e+05,true,false,null,[],{}],"t":"\u00e9\ud83d\ude00\n\"/"} "#
    #expect(
      try JSONParser.parse(text)
        == .object([
          .init("z", .number("18446744073709551615")),
          .init(
            "a",
            .array([
              .number("1.10"), .number("-0"), .number("2e+05"), .bool(true), .bool(false), .null, .array([]),
              .object([]),
            ])),
          .init("t", .text("é😀\n\"/")),
        ]))
  }

  @Test("what is written is read back the same")
  func roundTrip() throws {
    let value = JSON.object([
      .init("a\"\\\u{1}\t", .array([.text("\u{7F}ö"), .number("1e-7"), .null])), .init("", .bool(true)),
    ])
    #expect(try JSONParser.parse(value.line) == value)
  }

  @Test(
    "tells where it is wrong",
    arguments: [
      ("", 1, "a value is missing"), ("{", 2, "a name in \"\" is missing"), (#"{"a"}"#, 5, "':' is missing"),
      (#"{"a":1,}"#, 8, "a name in \"\" is missing"), (#"{"a":1 "b":2}"#, 8, "',' or '}' is missing"),
      (#"{"é":1,"é":2}"#, 8, "'é' is given twice"), ("[1 2]", 4, "',' or ']' is missing"),
      ("[1] 2", 5, "nothing may follow the value"), ("01", 1, "this is no number"), ("-", 1, "this is no number"),
      ("1.", 3, "digits must follow the point"), ("1e", 3, "digits must follow the exponent"),
      (#""abc"#, 1, "the text that begins here has no end"), (#""abc\"#, 1, "the text that begins here has no end"),
      (#"["\x"]"#, 2, "the text that begins here has a \\ that means nothing"),
      (#""\ud800""#, 1, "the text that begins here has a \\ that means nothing"),
      ("\"a\tb\"", 3, "a control character must be written as \\u00XX"),
      ("nul", 1, "a value must be an object, an array, a text in \"\", a number, true, false or null"),
      ("NaN", 1, "a value must be an object, an array, a text in \"\", a number, true, false or null"),
      (String(repeating: "[", count: 100), 33, "values lie more than 32 deep in each other"),
    ])
  func errors(text: String, column: Int, reason: String) {
    #expect(throws: JSONParser.ParseError(column: column, reason: reason)) { try JSONParser.parse(text) }
  }

  @Test("any part of a good text is an error or a value, never a crash")
  func parts() {
    let text = #"{"frame":"GAS","fields":{"a":[1.5e-3,"\u00e9",true,null]},"instance":3}"#
    for end in text.indices.dropFirst() {
      #expect(throws: JSONParser.ParseError.self) { try JSONParser.parse(String(text[..<end])) }
    }
  }

  @Test("a mebibyte is read and written in a time that goes with its size, whatever is in it")
  func large() throws {
    let size = 1 << 20
    for (start, part, end) in [
      ("[0", ",0", "]"), ("[\"\"", ",\"\"", "]"), ("[{}", ",{}", "]"), ("\"", "\\u00e9", "\""),
      ("\"", "e\u{301}", "\""),
      ("", "7", ""), ("", " ", "1"),
    ] {
      let text = start + String(repeating: part, count: (size - 8) / part.utf8.count) + end
      #expect(try JSONParser.parse(JSONParser.parse(text).line).line.isEmpty == false)
    }
    let names = "{" + (0..<80_000).map { "\"n\($0)\":\($0)" }.joined(separator: ",") + "}"
    let object = try JSONParser.parse(names)
    #expect(object.line == names && object["n79999"]?.integer == 79_999)
    let twice = String(names.dropLast()) + ",\"n0\":1}"
    #expect(throws: JSONParser.ParseError(column: names.count + 1, reason: "'n0' is given twice")) {
      try JSONParser.parse(twice)
    }
    let long = String(repeating: "x", count: size)
    #expect {
      try JSONParser.parse("{\"\(long)\":1,\"\(long)\":2}")
    } throws: {
      "\($0)".count < 100
    }
  }

  @Test("how deep values may lie is up to the caller")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSONParser.parse(nested(32)).line == nested(32))
    #expect(try JSONParser.parse(nested(256), depthMax: 256).line == nested(256))
    for (depth, depthMax) in [(33, 32), (10_000, 32), (9, 8), (500_000, 256)] {
      #expect {
        try JSONParser.parse(nested(depth), depthMax: depthMax)
      } throws: {
        ($0 as? JSONParser.ParseError)?.column == depthMax + 1 && "\($0)".contains("more than \(depthMax) deep")
      }
    }
  }

  @Test("what a value is, is asked for by its kind; anything else is nil")
  func kinds() throws {
    let json = try JSONParser.parse(#"{"n":1.5,"i":-3,"big":1e999,"s":"3","b":true,"a":[1],"o":{},"z":null}"#)
    #expect(json["n"]?.double == 1.5 && json["n"]?.integer == nil && json["i"]?.integer == -3)
    #expect(json["i"]?.double == -3 && json["big"]?.double == nil && json["big"]?.integer == nil)
    #expect(json["s"]?.string == "3" && json["s"]?.integer == nil && json["s"]?.double == nil)
    #expect(json["b"]?.boolean == true && json["b"]?.integer == nil && json["i"]?.boolean == nil)
    #expect(json["a"]?.elements == [.number("1")] && json["o"]?.members == [] && json["o"]?.elements == nil)
    #expect(json["z"] == .null && json["missing"] == nil && JSON.null["z"] == nil && json["a"]?["z"] == nil)
  }
}
