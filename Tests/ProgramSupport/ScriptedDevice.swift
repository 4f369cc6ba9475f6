import DeviceIO

/// A device at a pseudo-terminal that has one answer to each message.
struct ScriptedDevice {
  private let terminal: PseudoTerminal
  private let answers: [(message: [UInt8], answer: String)]
  private var heard: [UInt8] = []

  init(_ terminal: PseudoTerminal, _ answers: KeyValuePairs<String, String>) {
    self.terminal = terminal
    self.answers = answers.map { (Array($0.key.utf8), $0.value) }
  }

  /// Answers what has arrived.
  mutating func answer() throws {
    var buffer = [UInt8](repeating: 0, count: 1024)
    while case .bytes(let count) = buffer.withUnsafeMutableBytes({ terminal.descriptor.read(into: $0) }) {
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
      return if case .bytes = bytes.withUnsafeBytes({ terminal.descriptor.write($0) }) { true } else { false }
    }
  }
}
