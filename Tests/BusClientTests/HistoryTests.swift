import BusWire
import Testing

@testable import BusClient

@Suite("A client's history")
struct HistoryTests {
  private var history = History()

  private mutating func keep(
    _ type: UInt16, _ number: UInt8, instance: UInt8 = 0, depth: Int, size: Int = 1, isSent: Bool = true
  ) {
    var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount) + [UInt8](repeating: number, count: size)
    let header = FrameHeader(size: UInt32(size), type: type, instance: instance, timestamp: history.timestamp(now: 1))
    frame.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    frame.withUnsafeBytes { history.keep($0, depth: depth, isSent: isSent) }
  }

  private var numbers: [UInt8] {
    var copy = history
    var numbers: [UInt8] = []
    copy.sendAll { numbers.append($0.last!) }
    return numbers
  }

  /// What waits, as far as there is room.
  private mutating func unsent(room: Int = .max) -> [UInt8] {
    var sent: [UInt8] = []
    history.sendUnsent { frame in
      guard sent.count < room else { return false }
      sent.append(frame.last!)
      return true
    }
    return sent
  }

  @Test("hands out what no manager took, in order, and counts what is replaced before one did")
  mutating func waits() {
    keep(1, 1, depth: 2)
    for number in UInt8(2)...4 { keep(1, number, depth: 2, isSent: false) }
    keep(2, 5, depth: 1, isSent: false)
    #expect(history.missedFrames == 1)
    let first = unsent(room: 2)
    #expect(first == [3, 4] && history.hasUnsent)
    keep(2, 6, depth: 1, isSent: false)
    let rest = unsent()
    #expect(rest == [6] && !history.hasUnsent)
    #expect(history.missedFrames == 2)
    keep(2, 7, depth: 1)
    #expect(history.missedFrames == 2)
  }

  @Test("keeps the latest of each type and instance, as many as its depth says, in the order in which they were sent")
  mutating func order() {
    for number in UInt8(0)..<10 {
      keep(1, number, depth: 3)
      keep(2, 100 + number, depth: 1)
      keep(1, 200 + number, instance: 1, depth: 2, size: Int(number) + 1)
    }
    #expect(numbers == [7, 8, 208, 9, 109, 209])
  }

  @Test("follows a depth that changes")
  mutating func depth() {
    for number in UInt8(0)..<5 { keep(1, number, depth: 3) }
    keep(1, 5, depth: 2)
    #expect(numbers == [4, 5])
    for number in UInt8(6)..<9 { keep(1, number, depth: 4) }
    #expect(numbers == [5, 6, 7, 8])
    keep(1, 9, depth: 4)
    #expect(numbers == [6, 7, 8, 9])
  }

  @Test("gives every frame a time stamp of its own, also while the clock stands or goes back")
  mutating func timestamps() {
    var stamps: [UInt64] = []
    for now in [UInt64(5), 5, 2, 9] { stamps.append(history.timestamp(now: now)) }
    #expect(stamps == [5, 6, 7, 9])
  }

  @Test("forgets the oldest of all when it is full, and counts it")
  mutating func full() {
    keep(2, 0, depth: 1)
    for number in UInt8(1)...17 { keep(1, number, depth: 1024, size: 1 << 20) }
    #expect(numbers == (3...17).map { $0 })
    #expect(history.forgottenFrames == 3)
    keep(3, 9, depth: 1, size: 17 << 20)
    #expect(numbers == [])
    #expect(history.forgottenFrames == 19)
  }
}
