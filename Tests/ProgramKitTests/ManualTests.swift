import Testing

@testable import ProgramKit

@Suite("Man pages and completions")
struct ManualTests {
  private static let port = Option("port", value: "PATH", "Where it's connected [or not].")
  private static let speed = Option("baud", default: 9600, in: 300...4_000_000, "Its speed")
  private static let plain = ProgramManual(
    name: "candy-dispenser", version: "1.2", summary: "a module", details: "First.\n\n.Second \\ 'x'",
    options: [port, speed])
  private static let tool = ProgramManual(
    name: "tool", version: "1.2", summary: "a tool", details: "It looks.", options: [port],
    commands: [
      .init(name: "list", operands: "[FRAME]", summary: "Who is there.", details: "All.", options: [speed]),
      .init(name: "send", operands: "", summary: "Sends.", details: "One.", options: []),
    ])

  @Test("each form has every option and every command", arguments: ["man", "bash", "zsh", "fish"])
  func complete(_ form: String) throws {
    for manual in [Self.plain, Self.tool] {
      let text = try #require(try manual.generated(for: ["--generate", form]))
      for option in manual.options + manual.commands.flatMap(\.options) {
        let name = form == "man" ? "\\-\\-\(option.name)" : form == "fish" ? " -l \(option.name) " : "--\(option.name)"
        #expect(text.contains(name), "\(name) in \(form)")
      }
      for command in manual.commands { #expect(text.contains(command.name), "\(command.name) in \(form)") }
    }
  }

  @Test("a man page has what man(1) looks for, and text that is a command of its language stays text")
  func man() {
    let lines = Self.plain.manPage.split(separator: "\n")
    #expect(lines.first == ".TH CANDY-DISPENSER 1 \"\" \"Framebus 1.2\" \"User Commands\"")
    #expect(lines.contains("candy\\-dispenser \\- a module"))
    #expect(lines.contains("\\&.Second \\e 'x'"))
    #expect(lines.contains("Its speed (300 to 4000000; default 9600)."))
  }

  @Test("what is special in a shell is quoted")
  func quoting() {
    #expect(Self.plain.zshCompletion.contains("'--port=[Where it'\\''s connected \\[or not\\].]:PATH:_files'"))
    #expect(Self.plain.fishCompletion.contains("-l port -r -d 'Where it\\'s connected [or not].'"))
  }

  @Test("other arguments are not meant, and an unknown form is refused")
  func notMeant() throws {
    #expect(try Self.plain.generated(for: ["--port", "x"]) == nil)
    #expect(throws: UsageError.self) { try Self.plain.generated(for: ["--generate", "html"]) }
    #expect(throws: UsageError.self) { try Self.plain.generated(for: ["--generate"]) }
  }
}
