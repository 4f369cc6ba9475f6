import Testing

@testable import framebus

@Suite("Lines of a stream")
struct LineReaderTests {
  private static let stream: [UInt8] =
    Array("one\n\n  \ntwo words\r\n".utf8) + [0xFF, 0x0A] + Array("far too long for it\nlast".utf8)
  private static let lines: [LineReader.Line] = [
    .text("one", number: 1), .text("two words\r", number: 4), .unreadable(reason: "it is not UTF-8", number: 5),
    .unreadable(reason: "it is longer than 12 bytes", number: 6), .text("last", number: 7),
  ]

  @Test("come out the same however the bytes come in", arguments: [1, 2, 3, 5, 7, 1000])
  func chunks(size: Int) {
    var reader = LineReader(bytesMax: 12)
    var lines: [LineReader.Line] = []
    for start in stride(from: 0, to: Self.stream.count, by: size) {
      reader.append(Self.stream[start..<min(start + size, Self.stream.count)])
      while let line = reader.next() { lines.append(line) }
    }
    if let line = reader.last() { lines.append(line) }
    #expect(lines == Self.lines)
    #expect(reader.next() == nil && reader.last() == nil)
  }

  @Test("a line without an end takes no memory beyond the limit, and is told once")
  func endless() {
    var reader = LineReader(bytesMax: 12)
    var lines: [LineReader.Line] = []
    for _ in 0..<1000 {
      reader.append([UInt8](repeating: 0x41, count: 10))
      if let line = reader.next() { lines.append(line) }
    }
    #expect(lines == [.unreadable(reason: "it is longer than 12 bytes", number: 1)])
    #expect(reader.last() == nil)
  }
}
