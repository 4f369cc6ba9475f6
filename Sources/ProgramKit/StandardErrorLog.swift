import BusSystem
import Synchronization

/// Standard error as the place for log lines.
///
/// A line that does not fit because nobody reads is left out and counted: a stuck pipe or terminal must not stop a
/// program.
final class StandardErrorLog: Sendable {
  static let shared = StandardErrorLog(.standardError)

  /// A pipe takes this much as a whole.
  private static let lineBytesMax = 4096

  private struct State: ~Copyable {
    var output: LineOutput
    var missingLines = 0
  }

  private let state: Mutex<State>

  init(_ descriptor: FileDescriptor) {
    state = Mutex(State(output: LineOutput(descriptor)))
  }

  func write(_ line: String) {
    let line =
      line.utf8.count <= Self.lineBytesMax
      ? line : String(decoding: line.utf8.prefix(Self.lineBytesMax - 1), as: UTF8.self) + "\n"
    state.withLock { state in
      if state.missingLines > 0, state.output.write("level=warning event=log_gap lines=\(state.missingLines)\n") {
        state.missingLines = 0
      }
      if state.missingLines > 0 || !state.output.write(line) { state.missingLines += 1 }
    }
  }
}
