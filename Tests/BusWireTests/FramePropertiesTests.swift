import BusWire
import Testing

@Suite("Frame properties")
struct FramePropertiesTests {
  @Test(
    "the frames of a job read back what they write",
    arguments: [
      "outcome=70", "outcome=70 accepted=65", "outcome=70 cancel=69", "outcome=70 progress=66",
      "outcome=70 accepted=65 cancel=69 progress=66,67", "outcome=1 progress=65279,1,1",
    ])
  func jobs(text: String) throws {
    #expect(try JobFrames(text: text).text == text)
  }

  @Test("each id of a job lands in its place")
  func places() throws {
    let job = try JobFrames(text: "outcome=70 accepted=65 cancel=69 progress=66,67")
    #expect(job == JobFrames(outcome: 70, accepted: 65, cancel: 69, progress: [66, 67]))
  }

  @Test(
    "a text that is not exactly a job's is refused",
    arguments: [
      "", " ", "outcome", "outcome=", "outcome=0", "outcome=65280", "outcome=65536", "outcome=-1", "outcome=+1",
      "outcome=07", "outcome=0x46", "outcome=70 ", " outcome=70", "outcome=70  cancel=69", "accepted=65",
      "accepted=65 outcome=70", "outcome=70 outcome=70", "outcome=70,71", "outcome=70 progress=",
      "outcome=70 progress=66,",
      "outcome=70 progress=66 progress=67", "outcome=70 progress=66,0", "outcome=70 reward=66", "outcome=70=71",
      "outcome=70\n", "outcome=７０",
    ])
  func noJobs(text: String) {
    #expect(throws: JobFrames.ParseError.self) { try JobFrames(text: text) }
  }

  @Test("a property that means nothing is named")
  func meaningless() {
    #expect(throws: FrameProperties.ParseError.self) { try FrameProperties(priority: 4, retain: 0, job: "") }
    #expect(throws: FrameProperties.ParseError.self) { try FrameProperties(priority: 1, retain: 1025, job: "") }
    let error = #expect(throws: FrameProperties.ParseError.self) {
      try FrameProperties(priority: 1, retain: 0, job: "70")
    }
    #expect(error?.description.contains("outcome=ID") == true)
  }

  @Test("an older DECLARE ends before its properties, which then say nothing")
  func older() throws {
    let whole = try Declare(
      type: 9, name: "GAS", sends: true, listens: false, fields: "a bool - 1", properties: FrameProperties()
    ).payload()
    let declare = try Declare(payload: Array(whole.dropLast(1 + 2 + 4)))
    #expect(try declare.properties == FrameProperties())
  }

  @Test("DECLARE carries every property")
  func declared() throws {
    let properties = FrameProperties(priority: .low, retain: 64, job: JobFrames(outcome: 70, progress: [66, 67]))
    let declare = Declare(
      type: 9, name: "GAS", sends: true, listens: false, fields: "a bool - 1", properties: properties)
    #expect(declare.fingerprint == FieldList.fingerprint("a bool - 1"))
    #expect(try Declare(payload: declare.payload()).properties == properties)
  }
}
