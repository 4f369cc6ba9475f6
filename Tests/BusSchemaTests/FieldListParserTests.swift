import BusSchema
import BusWire
import Testing

@Suite("Parsing a field list")
struct FieldListParserTests {
  private func field(_ line: String) throws -> FieldList.Field {
    try #require(try FieldList.parse(line).first)
  }

  @Test("finds name, type, unit, scale and what follows the tabs")
  func wholeLine() throws {
    let field = try field("angle int16 deg 0.5 = -2\tmin=-90\tmax=90\tdoc=Left: below 0, a=b.")
    #expect(field.name == "angle" && field.unit == "deg" && field.scale == 0.5)
    #expect(field.type == FieldList.ValueType(.number(.int16)))
    #expect(field.defaultValue == .number(.integer(-2)))
    #expect(field.min == .integer(-90) && field.max == .integer(90) && field.doc == "Left: below 0, a=b.")
    #expect(try self.field("on bool - 1").unit == nil)
    #expect(try FieldList.parse("") == [])
  }

  @Test(
    "understands every type, and writes it back",
    arguments: [
      "bool", "int8", "uint64", "float32[3]", "float64[]", "uint8[<=4]", "string", "string[<=200]", "string[4]",
      "string[]", "bytes", "bytes[<=251]", "bool[2]",
    ])
  func types(text: String) throws {
    #expect(try field("x \(text) - 1").type.description == text)
  }

  @Test("understands nested structs and the annotations of the fields in them")
  func structs() throws {
    let list =
      "items {label string[<=8] - 1; light uint8 - 1; shares {pump uint8 - 1; ratio float32 - 1}[<=3] - 1}[] - 1"
      + "\tlight:enum=LIGHT RED=0 GREEN=2\tshares.pump:max=7\tshares.ratio:min=0.1\tshares.pump:doc=Which: pump."
    let items = try field(list)
    #expect(items.type.shape == .unbounded && items.type.description == "{…}[]")
    guard case .structure(let fields) = items.type.element, case .structure(let shares) = fields[2].type.element else {
      Issue.record("not a struct")
      return
    }
    #expect(fields.map(\.name) == ["label", "light", "shares"])
    #expect(fields[1].enumeration?.name == "LIGHT" && fields[1].enumeration?.name(of: 2) == "GREEN")
    #expect(fields[1].enumeration?.name(of: 1) == nil)
    #expect(shares[0].max == .integer(7) && shares[0].doc == "Which: pump.")
    #expect(shares[1].min == .real(Double(Float(0.1))), "a limit of a float32 is a float32")
    #expect(items.type.elementSizeMin == 4 + 1 + 4)
  }

  @Test("understands the names of structs and the docs of enum values, also within structs")
  func namesAndValues() throws {
    let list =
      "mode uint8 - 1\tOFF:doc=Too early.\tenum=MODE OFF=0 ON=1\tOFF:doc=No = power: here.\tIDLE:doc=None.\tON.x:doc=No."
      + "\nparts {mode uint8 - 1}[] - 1\tstruct=PART\tmode:enum=MODE OFF=0 ON=1\tmode.ON:doc=Runs.\tmode.ON:max=1"
    let fields = try FieldList.parse(list)
    #expect(fields[0].enumeration?.values.map(\.doc) == ["No = power: here.", nil])
    guard case .structure(let inner) = fields[1].type.element else {
      Issue.record("not a struct")
      return
    }
    #expect(fields[1].structName == "PART" && inner[0].structName == nil)
    #expect(inner[0].enumeration?.values.map(\.doc) == [nil, "Runs."] && inner[0].max == nil)
  }

  @Test("gives back what it was written from")
  func roundTrip() throws {
    for type in FrameType.allInBusWire.map({ $0.frameType }) {
      #expect(FieldList.text(of: try FieldList.parse("\(type.fields)")) == "\(type.fields)")
    }
    let list = """
      share {pump uint8 - 1; ratio float32 - 0.5}[<=3] - 1\tstruct=SHARE\tdoc=Of it.\tpump:max=7\tratio:min=0.1
      zero float64 - 1 = -0.0
      mode int8 - 1 = -3\tenum=LEVEL LOW=-3\tLOW:doc=Below.
      text string[<=9] - 1 = "a\\u0008\\u202e\\udb40\\udc01é"
      """
    #expect(FieldList.text(of: try FieldList.parse(list)) == list)
  }

  @Test("understands defaults of every kind")
  func defaults() throws {
    let list = try FieldList.parse(
      """
      a bool - 1 = true
      b uint64 - 1 = 18446744073709551615
      c float32 - 1 = 0.25
      d string - 1 = "say \\"hi\\"\\n\\\\ \\t\\u263a \\ud83e\\udd16 = ;}"
      e uint16[] - 1 = []
      f bytes - 1 = []
      """)
    #expect(
      list.map(\.defaultValue) == [
        .bool(true), .number(.integer(Int128(UInt64.max))), .number(.real(0.25)),
        .text("say \"hi\"\n\\ \t☺ 🤖 = ;}"), .empty, .empty,
      ])
  }

  @Test("understands all frames of the bus")
  func busFrames() throws {
    for type in FrameType.allInBusWire.map({ $0.frameType }) {
      let fields = try FieldList.parse("\(type.fields)")
      #expect(fields.count == "\(type.fields)".split(separator: "\n").count)
    }
  }

  @Test(
    "refuses what is malformed, and says where",
    arguments: [
      "x", "x ", "x bool", "x bool -", "x bool - ", " bool - 1", "é bool - 1", "x bool - 0", "x bool - -1",
      "x bool - nan", "x bool - inf", "x bool - 1 ", "x bool - 1 =", "x bool - 1 = yes", "x bool  1", "x int7 - 1",
      "x bool[ - 1", "x bool[0] - 1", "x bool[65537] - 1", "x bool[-1] - 1", "x bool[<=] - 1",
      "x bool[<=99999999999] - 1", "x bytes[4] - 1", "x bytes[] - 1", "x bool[2][2] - 1", "x {} - 1", "x { - 1",
      "x {a bool - 1 - 1", "x {a bool - 1;b bool - 1} - 1", "x {a bool - 1; } - 1", "x {a bool - 1; a bool - 1} - 1",
      "x {a bool - 1}[ - 1", "x {a bool - 1} - 1 = 1", "x uint8 - 1 = 256", "x uint8 - 1 = -1", "x uint8 - 1 = 1.5",
      "x string - 1 = hi", "x string - 1 = \"hi", "x string - 1 = \"hi\" ", "x string - 1 = \"\\q\"",
      "x string - 1 = \"\\ud83e\"", "x string - 1 = \"\\u12\"", "x uint8[2] - 1 = []", "x uint8[] - 1 = [1]",
      "x float32 - 1 = 1e39", "a bool - 1\nx float64 - 1 = nan", "x bool - 1\nx bool - 1", "\u{0}", "x bool - 1\r",
    ])
  func malformed(list: String) throws {
    do throws(FieldList.ParseError) {
      _ = try FieldList.parse(list)
      Issue.record("'\(list)' was accepted")
    } catch {
      #expect(error.description.hasPrefix("line \(list.split(separator: "\n").count) of the field list: "))
    }
  }

  @Test("leaves out remarks that mean nothing, for nothing depends on them")
  func strangeRemarks() throws {
    let field = try field(
      "x uint8 - 1\tmin=-1\tmax=9\tmax\tfuture=1\ty.z:max=1\t:\ta:b:c=1\tenum=\tenum=E A\tenum=E A=B\tdoc=")
    #expect(field.min == nil && field.max == .integer(9) && field.enumeration == nil && field.doc == "")
  }

  @Test("has limits on size and depth, and counts without overflow")
  func limits() throws {
    let deep = { (depth: Int) in
      "x " + String(repeating: "{a ", count: depth) + "bool" + String(repeating: " - 1}[65536]", count: depth) + " - 1"
    }
    #expect(try field(deep(8)).type.sizeMin == .max)
    #expect(throws: FieldList.ParseError.self) { try FieldList.parse(deep(9)) }
    #expect(throws: FieldList.ParseError.self) { try FieldList.parse(deep(4000)) }
    let long = "x bool - 1\tdoc=" + String(repeating: "a", count: FieldList.bytesMax)
    #expect(throws: FieldList.ParseError.self) { try FieldList.parse(long) }
  }

  @Test("gives fields or an error for thousands of damaged lists, and never a trap")
  func damaged() throws {
    let characters = Array(" \t\n{}[]<=;:.,\"\\-0159abx\u{301}é")
    for type in FrameType.allInBusWire.map({ $0.frameType }) {
      for _ in 0..<500 {
        var list = Array("\(type.fields)")
        for _ in 0..<3 {
          let place = Int.random(in: 0...list.count)
          if Bool.random() || place == list.count {
            list.insert(characters.randomElement()!, at: place)
          } else {
            list.remove(at: place)
          }
        }
        _ = try? FieldList.parse(String(list))
      }
    }
  }
}
