import BusClient
import BusSystem

/// Lines for standard output. It never waits for its reader: a script that writes before it reads on would wait
/// for this tool, and this tool for it.
struct PipeOutput {
  /// With this much unread, no more frames are read from the bus.
  private static let bytesMax = 256 << 10
  /// This much goes into a pipe that is ready, without waiting (PIPE_BUF).
  private static let chunkBytes = 4096

  private var bytes: [UInt8] = []
  private var written = 0

  var isEmpty: Bool { written == bytes.count }
  var isFull: Bool { bytes.count - written >= Self.bytesMax }

  mutating func add(_ line: String) {
    if written > 0 {
      bytes.removeSubrange(..<written)
      written = 0
    }
    bytes.append(contentsOf: line.utf8)
  }

  /// Writes as far as it goes without waiting.
  mutating func write(_ console: Console) throws(ToolError) {
    while !isEmpty, console.isOutputReady { try writeChunk(console, upTo: Self.chunkBytes) }
  }

  /// Writes everything, however long it takes.
  mutating func finish(_ console: Console) throws(ToolError) {
    while !isEmpty { try writeChunk(console, upTo: .max) }
  }

  private mutating func writeChunk(_ console: Console, upTo countMax: Int) throws(ToolError) {
    var end = written + min(countMax, bytes.count - written)
    // Characters stay whole.
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    try console.print(String(decoding: bytes[written..<end], as: UTF8.self))
    written = end
  }
}
