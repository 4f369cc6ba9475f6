import EvominBridgeProtocol
import TestSupport

/// Pieces of a bad line: intact frames, and between them damaged ones and noise.
struct DamagedStream {
  enum Piece {
    case intact(EvominFrame)
    case damaged(EvominFrame, [UInt8])
    case noise([UInt8])
  }

  private var random: SeededRandom
  private var count = 0

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
  }

  mutating func next() throws -> Piece {
    let frame = try makeFrame()
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5: return .intact(frame)
    case 5: return .noise(bytes(Int.random(in: 1...20, using: &random)))
    default: return .damaged(frame, damage(Array(frame.encoded)))
    }
  }

  /// How many bytes come at a time.
  mutating func cut() -> Int { Int.random(in: 1...30, using: &random) }

  /// Each frame is another one: it begins with a number.
  private mutating func makeFrame() throws -> EvominFrame {
    count += 1
    let number = [UInt8(count & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count >> 16)]
    let rest = bytes(Int.random(in: 0...30, using: &random))
    return try EvominFrame(EvominCommand(rawValue: byte()), number + rest)
  }

  private mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

  /// Mostly what means something on the line.
  private mutating func byte() -> UInt8 {
    switch Int.random(in: 0..<12, using: &random) {
    case 0...3: 0xAA
    case 4: 0x55
    case 5: 0xFF
    case 6: 0
    case 7: UInt8.random(in: 0...52, using: &random)
    default: UInt8.random(in: 0...255, using: &random)
    }
  }

  private mutating func damage(_ intact: [UInt8]) -> [UInt8] {
    var bytes = intact
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] ^= UInt8.random(in: 1...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(byte(), at: place)
      default: bytes.removeLast(place)
      }
    }
    return bytes
  }
}
