import EvominBridgeProtocol
import Foundation
import Testing

@Suite("A damaged stream")
struct DamageTests {
  /// `EVOMIN_FRAMES=100000` runs the long way.
  private static let intactFrames =
    ProcessInfo.processInfo.environment["EVOMIN_FRAMES"].flatMap(Int.init) ?? 20_000

  @Test("loses none of the frames that are intact in it")
  func losesNone() throws {
    var stream = DamagedStream(seed: 2)
    var tally = DeliveryTally()
    var receiver = EvominReceiver()
    var pending = [UInt8]()
    var now: UInt64 = 0
    while tally.intact < Self.intactFrames {
      switch try stream.next() {
      case .intact(let frame):
        tally.expect(frame)
        pending += frame.encoded
      case .damaged(let frame, let bytes):
        tally.mayCome(frame)
        pending += bytes
      case .noise(let bytes): pending += bytes
      }
      while pending.count > 30 {
        let piece = pending.prefix(stream.cut())
        pending.removeFirst(piece.count)
        now += ms(1)
        for frame in receiver.found(in: piece, at: now).frames { tally.deliver(frame) }
      }
    }
    for frame in (receiver.found(in: pending, at: now) + receiver.foundAtEnd()).frames { tally.deliver(frame) }
    print("evoMIN in a damaged stream: \(tally)")
    #expect(tally.lost == 0)
    #expect(tally.delivered == Self.intactFrames)
    // Damage that stays unseen: a stuff byte, or nothing at all in the end.
    #expect(tally.survived < Self.intactFrames / 5)
    // One candidate in 256 has the right checksum by chance, and it needs the right end byte as well.
    #expect(tally.neverSent < Self.intactFrames / 500)
  }
}
