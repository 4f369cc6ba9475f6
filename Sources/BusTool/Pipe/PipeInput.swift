import BusClient
import BusSystem

/// The lines of standard input, as far as they can be had without waiting.
struct PipeInput {
  let descriptor: FileDescriptor
  private(set) var isAtEnd = false
  private var reader = LineReader()
  private static let chunkBytes = 64 << 10

  init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

  /// The next line; nil if there is none now, or none any more.
  mutating func next() -> LineReader.Line? {
    if let line = reader.next() { return line }
    guard !isAtEnd, descriptor.isReadable else { return nil }
    var end = false
    let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
      switch descriptor.read(into: UnsafeMutableRawBufferPointer(buffer)) {
      case .bytes(let read): count = read
      case .wouldBlock: break
      case .endOfStream, .failed: end = true
      }
    }
    isAtEnd = end
    reader.append(bytes)
    return end ? reader.last() : reader.next()
  }
}
