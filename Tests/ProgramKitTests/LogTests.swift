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

  private struct Trouble: Error, CustomStringConvertible { let description: String }

  @Test("a cause is logged once, for each event; errors that differ only in a number are one")
  func once() {
    let lines = Lines()
    let log = Log { line in lines.all.withLock { $0.append(line) } }
    let copy = log
    for command in [1, 1, 2] { log.once(.warning, "unfit", cause: "\(command)", ["command": "\(command)"]) }
    copy.once(.warning, "unfit", cause: "1")
    log.once(.warning, "refused", cause: "1")
    for number in 1...3 { log.once(.error, "read", error: Trouble(description: "byte \(number) of 10"), ["port": "x"]) }
    log.once(.error, "read", error: Trouble(description: "no byte"))
    #expect(
      lines.all.withLock { $0 } == [
        "level=warning event=unfit command=1\n", "level=warning event=unfit command=2\n",
        "level=warning event=refused\n", "level=error event=read port=x error=\"byte 1 of 10\"\n",
        "level=error event=read error=\"no byte\"\n",
      ])
  }

  @Test("a program that invents new causes all the time does not fill the memory: the oldest are forgotten")
  func bounded() {
    let lines = Lines()
    let log = Log { line in lines.all.withLock { $0.append(line) } }
    for cause in 0..<257 { log.once(.info, "new", cause: "\(cause)") }
    log.once(.info, "new", cause: "256")
    #expect(lines.all.withLock { $0.count } == 257)
    log.once(.info, "new", cause: "0")
    #expect(lines.all.withLock { $0.count } == 258)
  }

  @Test("a cause whose level is off is not remembered")
  func offLevel() {
    let lines = Lines()
    var log = Log(level: .error) { line in lines.all.withLock { $0.append(line) } }
    log.once(.debug, "a", cause: "x")
    log.level = .debug
    log.once(.debug, "a", cause: "x")
    #expect(lines.all.withLock { $0.count } == 1)
  }
}
