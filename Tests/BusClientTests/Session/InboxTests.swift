import BusWire
import Testing

@testable import BusClient

@Suite("An inbox")
struct InboxTests {
  private static let payloadByteCount = 1000

  private func frame(_ number: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    let header = FrameHeader(size: UInt32(Self.payloadByteCount), type: 50, sequence: UInt32(number))
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    return bytes + (0..<Self.payloadByteCount).map { UInt8(truncatingIfNeeded: number + $0) }
  }

  /// - Returns: how much room there was.
  @discardableResult
  private func feed(_ bytes: ArraySlice<UInt8>, into inbox: inout Inbox, growingTo bytesMax: Int = 0) -> Int {
    guard let room = inbox.room(growingTo: bytesMax), room.count >= bytes.count else { return 0 }
    room.copyBytes(from: bytes)
    inbox.filled(bytes.count)
    while inbox.sortNext() != nil {}
    return room.count
  }

  @Test("moves a part of a frame to the start when the memory ends, and the rest joins it", arguments: [false, true])
  func moves(isKept: Bool) throws {
    var inbox = Inbox()
    let count = Inbox.bytesMax / (FrameHeader.byteCount + Self.payloadByteCount) - 1
    for number in 0..<count { feed(frame(number)[...], into: &inbox) }
    let last = frame(count)
    feed(last[..<500], into: &inbox)
    #expect(inbox.count == count)
    // Memory that a frame still needs is left to it.
    let kept = isKept ? inbox.next() : nil
    while inbox.next() != nil {}
    let room = feed(last[500...], into: &inbox)
    #expect(room == Inbox.bytesMax - 500 && inbox.count == 1)
    let whole = inbox.next()
    #expect(whole?.payload == [UInt8](last[FrameHeader.byteCount...]))
    if let kept { #expect(kept.payload == [UInt8](frame(0)[FrameHeader.byteCount...])) }
    let next = inbox.next()
    #expect(next?.payload == nil)
  }

  @Test("grows as far as it is let, keeps every frame, and is small again when it is empty")
  func grows() {
    var inbox = Inbox()
    let limit = 3 * Inbox.bytesMax
    var count = 0
    while feed(frame(count)[...], into: &inbox) > 0 { count += 1 }
    #expect(count == Inbox.bytesMax / (FrameHeader.byteCount + Self.payloadByteCount))
    while feed(frame(count)[...], into: &inbox, growingTo: limit) > 0 { count += 1 }
    #expect(count == limit / (FrameHeader.byteCount + Self.payloadByteCount))
    #expect(feed(frame(count)[...], into: &inbox) == 0)
    for number in 0..<count {
      let frame = inbox.next()
      #expect(frame?.header.sequence == UInt32(number) && frame?.payload == [UInt8](self.frame(number)[24...]))
    }
    #expect(inbox.room()?.count == Inbox.bytesMax)
  }

  @Test("forgets what waits, but not a frame that has begun")
  func forgets() {
    var inbox = Inbox()
    feed(frame(0)[...], into: &inbox)
    let next = frame(1)
    feed(next[..<500], into: &inbox)
    inbox.removeAll()
    #expect(inbox.count == 0)
    feed(next[500...], into: &inbox)
    let frame = inbox.next()
    #expect(frame?.header.sequence == 1 && frame?.payload == [UInt8](next[24...]))
  }
}
