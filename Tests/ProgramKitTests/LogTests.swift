import ProgramKit
import Synchronization
import Testing

@Suite("Log lines")
struct LogTests {
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  @Test("one event is one line, whatever is in its facts")
  func quoting() {
    let lines = Lines()
    let log = Log { line in lines.all.withLock { $0.append(line) } }
    log(.info, "joined", ["module": "led", "reason": "two words", "odd": "a\"b\nc", "empty": ""])
    #expect(
      lines.all.withLock { $0 } == [
        "level=info event=joined module=led reason=\"two words\" odd=\"a\\\"b\\nc\" empty=\"\"\n"
      ])
  }

  @Test("events below the level are not written")
  func level() {
    let lines = Lines()
    let log = Log(level: .warning) { line in lines.all.withLock { $0.append(line) } }
    log(.info, "a")
    log(.warning, "b")
    #expect(lines.all.withLock { $0.count } == 1)
  }
}
