import TestSupport
import Testing

@testable import BusManagerCore

@Suite("Byte queue")
struct ByteQueueTests {
  @Test("gives back what was put in, across blocks, and returns every block")
  func fifo() {
    var pool = BlockPool(bytesMax: 1 << 20)
    var queue = ByteQueue()
    var random = SeededRandom(seed: 1)
    var model: [UInt8] = []
    var next: UInt8 = 0
    for _ in 0..<2000 {
      if Bool.random(using: &random) {
        let bytes = (0..<Int.random(in: 0..<9000, using: &random)).map { _ in
          next &+= 1
          return next
        }
        bytes.withUnsafeBytes { if let base = $0.baseAddress { queue.append(base, $0.count, &pool) } }
        model += bytes
      } else {
        let count = Int.random(in: 0...model.count, using: &random)
        var seen: [UInt8] = []
        queue.forEachPiece(from: 0, upTo: count) { seen += $0 }
        #expect(seen == Array(model[..<count]))
        queue.drop(count, &pool)
        model.removeFirst(count)
      }
      let count = queue.count
      #expect(count == model.count)
    }
    queue.removeAll(&pool)
    let used = pool.usedCount
    #expect(used == 0)
  }

  @Test("memory of a burst is given back when it is over")
  func trim() {
    var pool = BlockPool(bytesMax: 64 << 20)
    var queue = ByteQueue()
    let bytes = [UInt8](repeating: 1, count: 4 << 20)
    bytes.withUnsafeBytes { queue.append($0.baseAddress!, $0.count, &pool) }
    queue.removeAll(&pool)
    let before = pool.canTrim
    let early = pool.trim()
    #expect(!early)
    let late = pool.trim()
    #expect(late)
    let after = pool.canTrim
    #expect(before && !after)
  }
}
