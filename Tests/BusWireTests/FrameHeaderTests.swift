import BusWire
import Testing

@Suite("Frame header")
struct FrameHeaderTests {
  @Test("lies in 24 little-endian bytes at the offsets of the protocol")
  func layout() {
    let header = FrameHeader(
      size: 0x0403_0201, type: 0x0605, flags: [.request, .retain], instance: 8, source: 0x0C0B_0A09,
      sequence: 0x100F_0E0D, timestamp: 0x1817_1615_1413_1211)
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    #expect(
      bytes == [
        1, 2, 3, 4, 5, 6, 0b0100_0001, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
      ])
    #expect(bytes.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) } == header)
  }

  @Test("carries the priority in bits 2 and 3 of the flags", arguments: Priority.allCases)
  func priority(_ priority: Priority) {
    let flags = FrameFlags([.request, .bridged]).with(priority)
    #expect(flags.priority == priority)
    #expect(flags.rawValue == 0b10_0001 | priority.rawValue << 2)
  }
}
