import BusSystem
import BusWire

/// Frames of 1 KiB that count up, for tests that look at order and loss.
enum NumberedBlock {
  static let type: UInt16 = 5000

  /// 64 frames of 1 KiB that count up; each keeps its number in front.
  static func bytes(from first: Int) -> [UInt8] {
    (first..<first + 64).flatMap { number -> [UInt8] in
      WireFrame(type, WireFrame(0, number: UInt32(number)).payload + [UInt8](repeating: 0xAB, count: 996)).bytes
    }
  }

  /// Sends numbered frames until the manager takes no more.
  ///
  /// - Returns: how many whole frames went out, and the rest of one that went out in part.
  static func send(by sender: RawClient, limit: Int = 64 << 20) throws -> (count: Int, rest: [UInt8]) {
    var number = 0
    while number * 1024 < limit {
      let block = bytes(from: number)
      var offset = 0
      while offset < block.count {
        let sent = try sender.sendSome(block[offset...])
        offset += sent
        if sent == 0, !sender.wait(writing: true, until: Clock.monotonic + 200_000_000) {
          let frames = offset / 1024
          return (number + frames, Array(block[offset..<min(block.count, (offset + 1023) / 1024 * 1024)]))
        }
      }
      number += 64
    }
    return (number, [])
  }
}
