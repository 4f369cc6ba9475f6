import PymodaqBridgeProtocol
import Testing

@Suite("Bytes that are no PyMoDAQ")
struct HostileBytesTests {
  private func text(_ text: String) -> [UInt8] { [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }

  private func problem(_ bytes: [UInt8], _ form: PymodaqReader.Form, _ generation: PymodaqGeneration = .v44)
    -> PymodaqError?
  {
    var reader = PymodaqReader(bytes, generation)
    do throws(PymodaqError) {
      _ = try reader.receive(form)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "lengths of 2³¹ and more are refused before anything is reserved for them",
    arguments: [
      [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF],
    ] as [[UInt8]])
  func lengths(length: [UInt8]) {
    let cases: [([UInt8], PymodaqReader.Form)] = [
      (length, .text), (length, .bytes), (length, .list), (text("<f8") + length, .scalar),
      (text("<f8") + length, .array), (text("<f8") + [0, 0, 0, 8] + length, .array),
    ]
    for (bytes, form) in cases {
      guard case .tooLarge? = problem(bytes, form) else {
        Issue.record("\(form) takes a length of \(length)")
        continue
      }
    }
    guard case .tooLarge? = problem(length, .text, .v5) else {
      Issue.record("a message takes a length of \(length)")
      return
    }
  }

  @Test(
    "types that numpy has not, or that are not read here, are refused",
    arguments: [
      "", "<f3", "f8", "<x8", "|f8", "<b1", ">u1", "<f8<f8", "<O8", "<f16", "<U0", "<U99999999999", "<i-8", "|V4",
      "<M8[s]", "<f٨",
    ])
  func types(name: String) {
    #expect(PymodaqDataType(name) == nil)
  }

  @Test(
    "arrays whose bytes are not those of their shape are refused",
    arguments: [
      [8, 1, 2], [16, 1, 1], [0, 1, 1], [8, 2, 65_536, 65_536], [8, 2, 0xFFFF_FFFF, 0xFFFF_FFFF], [8, 1, 0],
    ] as [[UInt32]])
  func shapes(numbers: [UInt32]) {
    var bytes = text("<f8")
    for number in numbers {
      for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
    bytes += [UInt8](repeating: 0, count: Int(numbers[0]))
    guard case .malformed? = problem(bytes, .array) else {
      Issue.record("an array of \(numbers) is taken")
      return
    }
  }

  @Test("an array that stops in the middle is waited for, with how much is missing")
  func stops() {
    let bytes = text("<f8") + [0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 15)
    #expect(problem(bytes, .array) == .incomplete(bytes: bytes.count + 1))
  }

  @Test("lists that lie in lists without an end are refused")
  func depth() {
    var bytes: [UInt8] = []
    for _ in 0..<1000 { bytes += [0, 0, 0, 1] + text("list") }
    #expect(problem(bytes, .list) == .tooLarge("values lie deeper in each other than 8"))
    var tagged: [UInt8] = []
    for _ in 0..<1000 { tagged += text("list") + [0, 0, 0, 1] }
    let length = UInt32(tagged.count)
    let head = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
    #expect(problem(head + tagged, .list, .v5) == .tooLarge("values lie deeper in each other than 8"))
  }

  @Test("a message of generation 5 that is longer than its value is refused")
  func wrongLength() {
    let value = text("str") + text("x")
    guard case .malformed? = problem([0, 0, 0, UInt8(value.count + 1)] + value + [0], .text, .v5) else {
      Issue.record("it is taken")
      return
    }
  }

  @Test("many parts together are not more than one message may have")
  func total() {
    var limits = PymodaqLimits()
    limits.messageBytesMax = 100
    var bytes: [UInt8] = [0, 0, 0, 9]
    for _ in 0..<9 { bytes += text("string") + text("1234567890") }
    var reader = PymodaqReader(bytes, .v44, limits: limits)
    #expect(throws: PymodaqError.tooLarge("a message of more than 100 bytes is announced, which is the limit here")) {
      try reader.receive(.list)
    }
  }
}

@Suite("Units")
struct UnitTests {
  @Test(
    "are converted where they measure the same",
    arguments: [
      ("mm", "µm", 5, 5000), ("um", "m", 1, 1e-6), ("deg", "rad", 180, 3.141592653589793), ("degC", "K", 20, 293.15),
      ("K", "degC", 293.15, 20), ("mm/s", "m/s", 5, 0.005), ("kHz", "Hz", 2, 2000), ("millimeter", "mm", 3, 3),
      ("", "mm", 4, 4), ("mm", "", 4, 4), ("furlong", "furlong", 4, 4), ("min", "s", 2, 120), ("%", "percent", 5, 5),
    ])
  func converted(source: String, target: String, value: Double, result: Double) throws {
    let conversion = try #require(PymodaqConversion(from: source, to: target))
    #expect(abs(conversion(value) - result) < 1e-9 * max(1, abs(result)))
  }

  @Test(
    "are not where they do not, or are not known",
    arguments: [("mm", "V"), ("mm", "s"), ("furlong", "mm"), ("m/s", "m"), ("m/", "m"), ("/", "m")])
  func refused(source: String, target: String) {
    #expect(PymodaqConversion(from: source, to: target) == nil)
  }

  @Test("that PyMoDAQ cannot read are none")
  func readable() {
    #expect(["mm", "degC", "°C", "1/min", "%", "µm²", ""].allSatisfy(PymodaqConversion.canBeUnits))
    #expect(!["mm)", "#/s", "m/", "/s", "a\"b"].contains(where: PymodaqConversion.canBeUnits))
  }

  @Test("of differences have no offset")
  func differences() throws {
    #expect(try #require(PymodaqConversion(from: "K", to: "degC")).difference(5) == 5)
  }
}
