import TestSupport

/// The ways in which a stream is fed to a decoder: whole, one byte at a time, and cut anywhere.
enum Cuts {
  static func all(_ bytes: [UInt8], chunks: [Int]? = nil, seed: UInt64 = 1) -> [[ArraySlice<UInt8>]] {
    var random = SeededRandom(seed: seed)
    var ways = [[bytes[...]], bytes.indices.map { bytes[$0...$0] }]
    if let chunks { ways.append(cut(bytes, chunks)) }
    for _ in 0..<20 { ways.append(cut(bytes, (0...bytes.count).map { _ in Int.random(in: 1...9, using: &random) })) }
    return ways
  }

  private static func cut(_ bytes: [UInt8], _ sizes: [Int]) -> [ArraySlice<UInt8>] {
    var rest = bytes[...]
    var pieces = [ArraySlice<UInt8>]()
    for size in sizes where !rest.isEmpty {
      pieces.append(rest.prefix(size))
      rest = rest.dropFirst(size)
    }
    if !rest.isEmpty { pieces.append(rest) }
    return pieces
  }
}
