import DeviceIO

/// A device at a pseudo-terminal of somebody else, with one answer to each message.
struct ScriptedDevice {
  private let line: FileDescriptor
  private let answers: [(message: [UInt8], answer: String)]
  private var heard: [UInt8] = []

  init(_ terminal: borrowing PseudoTerminal, _ answers: KeyValuePairs<String, String>) {
    line = terminal.descriptor
    self.answers = answers.map { (Array($0.key.utf8), $0.value) }
  }

  /// Answers what has arrived.
  mutating func answer() throws {
    var buffer = [UInt8](repeating: 0, count: 1024)
    while case .bytes(let count) = buffer.withUnsafeMutableBytes({ line.read(into: $0) }) {
      heard += buffer[..<count]
    }
    while !heard.isEmpty {
      guard let match = answers.first(where: { heard.starts(with: $0.message) }) else {
        heard.removeFirst()
        continue
      }
      heard.removeFirst(match.message.count)
      try send(match.answer)
    }
  }

  /// Sends something unasked.
  func send(_ text: String) throws {
    try Deadline.wait(for: "room on the line") {
      let bytes = Array(text.utf8)
      return if case .bytes = bytes.withUnsafeBytes({ line.write($0) }) { true } else { false }
    }
  }
}
