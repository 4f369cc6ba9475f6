import Testing

@testable import BusWire

@Suite("What both sides agree on")
struct WireProtocolTests {
  @Test("version 1 at port 5000")
  func numbers() {
    #expect(WireProtocol.version == 1 && WireProtocol.port == 5000)
  }

  @Test("names have 1 to 64 letters, digits and ._-")
  func names() {
    for name in ["a", "z", "A", "Z", "0", "9", ".", "_", "-", "Led-2.left_hand", String(repeating: "x", count: 64)] {
      #expect(WireProtocol.isValidName(name), "\(name)")
    }
    // The neighbours of what is allowed, too.
    for name in ["", String(repeating: "x", count: 65), "a b", "a/b", ":", "@", "[", "`", "{", ",", "é", "a\n", "^"] {
      #expect(!WireProtocol.isValidName(name), "\(name)")
    }
  }

  @Test("ids from 0xFF00 up are the bus's own")
  func ids() {
    #expect(FrameType(id: 0xFF00).isBusFrame && !FrameType(id: 0xFEFF).isBusFrame)
    #expect(FrameType.all.id == 0 && !FrameType.all.isBusFrame)
    #expect(FrameType(id: 7).description == "frame 7" && FrameType(id: 7, name: "GAS").description == "GAS")
    #expect(FrameType(id: 7, name: "GAS") == FrameType(id: 7) && FrameType(id: 7) != FrameType(id: 8))
  }

  @Test("a type that says nothing else is normal, not kept and no job")
  func defaults() {
    #expect(FrameType(id: 7).properties == FrameProperties(priority: .normal, retain: 0, job: nil))
    let job = FrameType(id: 7, priority: .high, retain: 3, job: "outcome=70")
    #expect(job.properties == FrameProperties(priority: .high, retain: 3, job: JobFrames(outcome: 70)))
  }

  @Test("high goes before normal, that before low, and data streams come last")
  func priorities() {
    #expect(Priority.allCases.sorted() == [.high, .normal, .low, .dataStream])
    #expect(Priority.high < .normal && !(Priority.normal < .normal))
  }

  @Test("clients may set every mark but the last bit, and 'retained' only beside 'retain'")
  func flags() {
    for bits in UInt8.min ... .max {
      let isRetainedAlone = bits & 0b0100_0010 == 0b0000_0010
      #expect(FrameFlags(rawValue: bits).areAllowedToClients == (bits < 0x80 && !isRetainedAlone), "\(bits)")
    }
    #expect(FrameFlags.requestOrRetain.rawValue == 0b0100_0001)
    #expect(FrameFlags([.retained, .replayed, .bridged]).rawValue == 0b0011_0010)
  }

  @Test("a header that says nothing else is an empty normal frame of instance 0")
  func header() {
    let header = FrameHeader(size: 5, type: 7)
    #expect(
      header
        == FrameHeader(
          size: 5, type: 7, flags: FrameFlags(rawValue: 0b0100), instance: 0, source: 0, sequence: 0, timestamp: 0))
    #expect(header.frameByteCount == 29)
  }

  @Test("each end of a job has a name, and others keep their number")
  func outcomes() {
    #expect(JobOutcome.allKnown.map(\.rawValue) == [0, 1, 2, 3])
    #expect(JobOutcome.allKnown.map(\.description) == ["DONE", "FAILED", "REFUSED", "CANCELLED"])
    #expect(JobOutcome.allKnown == [.done, .failed, .refused, .cancelled])
    #expect(JobOutcome(rawValue: 4).name == nil && JobOutcome(rawValue: 4).description == "4")
  }

  @Test("as many frames are kept as a schema may ask for, and no more")
  func retain() throws {
    #expect(try FrameProperties(priority: 0, retain: 1024, job: "").retain == 1024)
    let error = #expect(throws: FrameProperties.ParseError.self) {
      try FrameProperties(priority: 0, retain: 1025, job: "")
    }
    #expect(error?.description == "retain 1025 is over the limit of 1024 frames")
  }
}
