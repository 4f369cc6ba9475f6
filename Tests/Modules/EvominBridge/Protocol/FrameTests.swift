import EvominBridgeProtocol
import Testing

@Suite("Frames")
struct FrameTests {
  @Test("refuse a payload over 50 bytes, and cut nothing off")
  func tooLong() throws {
    #expect(throws: EvominError.tooLong(bytes: 51, bytesMax: 50)) {
      try EvominFrame(0x10, [UInt8](repeating: 1, count: 51))
    }
    #expect(throws: EvominError.tooLong(bytes: 52, bytesMax: 51)) {
      try EvominPayload([UInt8](repeating: 1, count: 52))
    }
    #expect(try EvominFrame(0x10, [UInt8](repeating: 1, count: 50)).payload.count == 50)
  }

  @Test("are equal if command and payload are")
  func equality() throws {
    let frame = try EvominFrame(0x10, [1, 2])
    #expect(try frame == EvominFrame(0x10, [1, 2]))
    #expect(try frame != EvominFrame(0x11, [1, 2]))
    #expect(try frame != EvominFrame(0x10, [1, 3]))
    #expect(try frame != EvominFrame(0x10, [1]))
    #expect(EvominFrame(0x10) != frame)
  }

  @Test("end in a pair if a stuff byte would follow")
  func pair() throws {
    let ends: [([UInt8], Bool)] = [
      ([], false), ([0xAA], false), ([0xAA, 0xAA], true), ([0xAA, 0xAA, 0xAA], false),
      ([0xAA, 0xAA, 0xAA, 0xAA], true), ([1, 0xAA, 0xAA], true), ([0xAA, 0xAA, 1], false),
    ]
    for (payload, endsInPair) in ends { #expect(try EvominFrame(0xAA, payload).endsInPair == endsInPair) }
  }

  @Test("with the most stuff bytes are encoded and received")
  func longest() throws {
    let frame = try EvominFrame(0xAA, [UInt8](repeating: 0xAA, count: 50))
    #expect(frame.encoded.count == 7 + 50 + 24)
    var receiver = EvominReceiver()
    #expect(receiver.found(in: frame.encoded) == [.frame(frame)])
  }

  @Test("show their bytes as digits")
  func description() throws {
    #expect(try EvominFrame(.sendIDN, [0, 0xDE]).description == "0xCD [00 de]")
    #expect(EvominFrame(0x0A).description == "0x0A")
  }
}
