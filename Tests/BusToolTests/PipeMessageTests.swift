import BusWire
import JSONValue
import Testing

@testable import framebus

@Suite("What a line of a script says")
struct PipeMessageTests {
  private func message(_ text: String) throws -> PipeMessage { try PipeMessage(try JSONParser.parse(text)) }

  @Test("a frame, a request, or a line as the tool writes it")
  func forms() throws {
    let frame = try message(#"{"frame":"GAS","fields":{"b":1,"a":2},"instance":255,"priority":"data_stream"}"#)
    #expect(frame.frame == "GAS" && !frame.isRequest && frame.fields.map(\.name) == ["b", "a"])
    #expect(frame.instance == 255 && frame.priority == .dataStream)
    #expect(try frame.retain == nil && message(#"{"frame":"GAS","retain":false}"#).retain == false)
    let request = try message(#"{"request":"GAS"}"#)
    #expect(request.frame == "GAS" && request.isRequest && request.instance == nil && request.priority == nil)
    let own = #""sender":"x","source":1,"frame":"GAS","id":4,"instance":0,"priority":"high","request":true,"#
    #expect(try message(#"{"timestamp":1,"# + own + #""retained":false,"fields":{}}"#).isRequest)
  }

  @Test(
    "anything else is told by name",
    arguments: [
      ("[1]", #"it is no object such as {"frame":"TEMPERATURE","fields":{"id":1}}"#),
      ("{}", "it has neither 'frame' nor 'request'"),
      (#"{"frame":null}"#, "'frame' takes the name of a frame, or 'request' does"),
      (#"{"frame":"A","request":"B"}"#, "'frame' takes the name of a frame, or 'request' does"),
      (
        #"{"frame":"A","feilds":{}}"#,
        "there is no member 'feilds'; there are frame, fields, request, instance, priority, retain"
      ),
      (#"{"frame":"A","fields":[1]}"#, "'fields' takes an object"),
      (#"{"request":"A","fields":{"a":1}}"#, "a request has no fields"),
      (#"{"request":"A","retain":true}"#, "a request is not kept"),
      (#"{"frame":"A","retain":1}"#, "'retain' takes true or false"),
      (#"{"frame":"A","instance":256}"#, "'instance' takes a number from 0 to 255"),
      (
        #"{"frame":"A","priority":"urgent"}"#,
        #"'priority' takes "high", "normal", "low" or "data_stream""#
      ),
    ])
  func problems(text: String, problem: String) {
    #expect(throws: ValueError(problem)) { try message(text) }
  }

  private static let fields = """
    count uint64 - 1
    level float32 - 1
    name string - 1
    data bytes - 1
    flag bool - 1
    mode uint8 - 1\tenum=MODE OFF=0 ON=1
    pumps {pump uint8 - 1; ratio float32 - 1}[] - 1
    """

  private func value(_ json: String) throws -> DynamicValue {
    let fields = try FieldList.parse(Self.fields)
    guard case .object(let members) = try JSONParser.parse(json) else { throw ValueError("no object") }
    let assignment = try Assignment(members[0], fields)
    let field = try #require(fields.first { $0.name == assignment.field })
    return try ValueParser.value(assignment.value, of: field)
  }

  @Test("values become those of the schema, to the last digit")
  func values() throws {
    #expect(try value(#"{"count":18446744073709551615}"#) == .integer(Int128(UInt64.max)))
    #expect(try value(#"{"level":1e-3}"#) == .float32(1e-3))
    #expect(try value(#"{"name":"say \"hi\"\n, {ok}"}"#) == .text("say \"hi\"\n, {ok}"))
    #expect(try value(#"{"name":"1"}"#) == .text("1") && value(#"{"flag":true}"#) == .bool(true))
    #expect(try value(#"{"data":"0x0aFF"}"#) == .bytes([10, 255]) && value(#"{"mode":"ON"}"#) == .integer(1))
    #expect(
      try value(#"{"pumps":[{"ratio":0.5,"pump":1},{"pump":2,"ratio":1}]}"#)
        == .array([.structure([.integer(1), .float32(0.5)]), .structure([.integer(2), .float32(1)])]))
    #expect(try value(#"{"pumps":[]}"#) == .array([]))
  }

  @Test(
    "a value of another kind is refused, not guessed",
    arguments: [
      (#"{"name":5}"#, "field 'name' takes a text in \"\", not 5"),
      (#"{"name":null}"#, "field 'name' takes a text in \"\", not null"),
      (#"{"flag":1}"#, "field 'flag' takes true or false, not 1"),
      (#"{"count":true}"#, "field 'count' takes a number, not true"),
      (#"{"mode":[1]}"#, "field 'mode' takes the name of a value in \"\", not [1]"),
      (#"{"data":1}"#, "field 'data' takes bytes such as \"0x0AFF\", not 1"),
      (#"{"pumps":{"pump":1}}"#, #"field 'pumps' takes an array, not {"pump":1}"#),
      (#"{"pumps":[{"pump":null,"ratio":1}]}"#, "field 'pumps[0].pump' takes a number, not null"),
    ])
  func misfits(json: String, problem: String) {
    #expect(throws: ValueError(problem)) { try value(json) }
  }
}
