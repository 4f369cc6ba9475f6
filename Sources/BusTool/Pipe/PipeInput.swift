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

/// Cuts a stream of bytes into numbered lines, in bounded memory.
struct LineReader {
  enum Line: Equatable {
    case text(String, number: Int)
    /// It cannot be a line of ours.
    case unreadable(reason: String, number: Int)
  }

  /// Longer lines are refused: a payload of 4 MiB in hexadecimal digits, and as much for the rest.
  static let bytesMax = 16 << 20

  private let bytesMax: Int
  private var bytes: [UInt8] = []
  /// Where the next line begins.
  private var start = 0
  /// No line feed is before it.
  private var searched = 0
  private var number = 0
  /// The rest of a line that was too long is thrown away.
  private var isSkipping = false

  init(bytesMax: Int = Self.bytesMax) { self.bytesMax = bytesMax }

  mutating func append(_ new: some Collection<UInt8>) {
    bytes.removeSubrange(..<start)
    searched -= start
    start = 0
    bytes.append(contentsOf: new)
  }

  /// The next whole line; nil if more bytes are needed. Empty lines count, but are left out.
  mutating func next() -> Line? {
    while let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = bytes[start..<end]
      start = end + 1
      searched = start
      if isSkipping {
        isSkipping = false
      } else if let line = read(line) {
        return line
      }
    }
    searched = bytes.count
    guard !isSkipping, bytes.count - start > bytesMax else {
      if isSkipping { start = bytes.count }
      return nil
    }
    isSkipping = true
    start = bytes.count
    number += 1
    return tooLong
  }

  /// A last line without an end.
  mutating func last() -> Line? {
    defer { start = bytes.count }
    return isSkipping ? nil : read(bytes[start...])
  }

  private var tooLong: Line { .unreadable(reason: "it is longer than \(bytesMax) bytes", number: number) }

  private mutating func read(_ line: ArraySlice<UInt8>) -> Line? {
    number += 1
    if line.count > bytesMax { return tooLong }
    guard !line.allSatisfy({ $0 <= 0x20 }) else { return nil }
    guard let text = String(validating: line, as: UTF8.self) else {
      return .unreadable(reason: "it is not UTF-8", number: number)
    }
    return .text(text, number: number)
  }
}
