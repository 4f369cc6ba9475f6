import BusClient

/// Lines from the keyboard, without waiting for them.
struct LineInput {
  /// Whether no more will come than what `next` still has.
  private(set) var isOver = false
  private var text: [UInt8] = []
  private static let bytesMax = 4096

  /// Takes what was typed; call it when standard input is readable.
  mutating func read() {
    if text.count >= Self.bytesMax { text = [] }
    if (try? FileDescriptor.standardInput.read(into: &text)) == true { return }
    isOver = true
    // The last line may lack its end.
    if !text.isEmpty, text.last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
  }

  /// The next line, if there is a whole one.
  mutating func next() -> String? {
    guard let end = text.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { text.removeSubrange(...end) }
    return String(decoding: text[..<end], as: UTF8.self)
  }
}
