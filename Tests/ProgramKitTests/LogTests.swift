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

  @Test("what a terminal would obey, or nobody can see, is escaped")
  func unprintable() {
    let lines = Lines()
    let log = Log { line in lines.all.withLock { $0.append(line) } }
    for text in ["\u{9B}31m", "a\u{202E}b", "\u{200B}", "\u{2028}", "\u{7F}", "\u{1B}[2J", "tab\t", "é ü 漢"] {
      log(.info, "said", ["text": text])
    }
    #expect(
      lines.all.withLock { $0 }.map { $0.dropFirst("level=info event=said text=".count).dropLast() } == [
        #""\u009b31m""#, #""a\u202eb""#, #""\u200b""#, #""\u2028""#, #""\u007f""#, #""\u001b[2J""#, #""tab\t""#,
        "\"é ü 漢\"",
      ])
  }

  @Test("facts of an event that is not written are not made")
  func lazy() {
    let lines = Lines()
    let made = Mutex(0)
    func text() -> String {
      made.withLock { $0 += 1 }
      return "x"
    }
    let log = Log(level: .warning) { line in lines.all.withLock { $0.append(line) } }
    log(.debug, "a", ["text": text()])
    #expect(made.withLock { $0 } == 0)
    log(.error, "b", ["text": text()])
    #expect(made.withLock { $0 } == 1)
  }
}
