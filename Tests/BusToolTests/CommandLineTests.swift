import BusTesting
import Testing

@testable import framebus

@Suite("The command line of framebus")
struct CommandLineTests {
  private func run(_ arguments: String...) throws -> ToolRun {
    let run = try ToolRun()
    run.perform(arguments)
    return run
  }

  @Test("explains itself and every command")
  func help() throws {
    let all = try run("--help")
    #expect(all.code == .ok && all.output.contains("Exit codes: 0 done"))
    for command in CommandTable.all {
      #expect(all.output.contains("  \(command.name) "))
      let help = try run(command.name, "--help")
      #expect(help.code == .ok && help.output.contains("Usage: framebus \(command.name) "))
      #expect(help.output.contains("--help") && help.output.contains("Exit codes"))
      #expect(try run("help", command.name).output == help.output)
      #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 120 }, "\(help.output)")
    }
    #expect(try run("-h").output == all.output)
    #expect(try run("list", "-h").output == run("list", "--help").output)
    #expect(try run("list", "--version").output == run("--version").output)
    #expect(try run("--version").output == "framebus \(ClientVersion.text), wire protocol 1\n")
  }

  @Test(
    "is refused with exit code 2 and one line if it means nothing",
    arguments: [
      ([], "no command given; 'framebus --help' lists them"),
      (["lisen"], "there is no command 'lisen'; did you mean 'listen'? 'framebus --help' lists them"),
      (["help", "xyzzy"], "there is no command 'xyzzy'; 'framebus --help' lists them"),
      (["list", "x", "y"], "unexpected argument 'y'; try 'framebus list --help'"),
      (["listen", "-n", "1"], "unknown option '-n'; try 'framebus listen --help'"),
      (["listen", "--fast"], "unknown option '--fast'; try 'framebus listen --help'"),
      (["listen", "--json", "--raw"], "--json and --raw exclude each other; try 'framebus listen --help'"),
      (
        ["listen", "--timeout", "soon"],
        "option '--timeout' takes a time from 0.001 to 1000000 s, not 'soon'; try 'framebus listen --help'"
      ),
      (["send"], "no frame given; try 'framebus send --help'"),
      (["send", "GAS", "x"], "'x' is no FIELD=VALUE; try 'framebus send --help'"),
      (["send", "GAS", "x=1", "x=2"], "field 'x' is given twice; try 'framebus send --help'"),
      (
        ["send", "GAS", "--priority", "urgent"],
        "--priority: 'urgent' is none of high, normal, low, data_stream; try 'framebus send --help'"
      ),
      (["request"], "no frame given; try 'framebus request --help'"),
      (["--bus"], "no command given; 'framebus --help' lists them"),
    ])
  func usage(arguments: [String], problem: String) throws {
    let run = try ToolRun()
    run.perform(arguments)
    #expect(run.code == .usage && run.output == "" && run.errors == "framebus: \(problem)\n")
  }

  @Test("names what was tried and the next step if there is no manager")
  func noManager() throws {
    let manager = try TestManager()
    manager.stop()
    let gone = try ToolRun.run(manager, "list")
    #expect(gone.code == .failure)
    #expect(
      gone.errors
        == "framebus: no manager is there (\(manager.address): Connection refused); start one with bus-manager\n")
    let schema = try ToolRun.run(manager, "schema", "--all")
    #expect(schema.code == .ok && schema.output.contains("BUTTON_STATE") && schema.errors.contains("what this build"))
    #expect(try ToolRun.run(manager, "schema", "button_state").code == .ok)
    #expect(try ToolRun.run(manager, "schema", "xyzzy").code == .failure)
    let nowhere = try run("list", "--bus", "nowhere")
    #expect(nowhere.code == .usage && nowhere.errors.contains("'nowhere' is no bus address"))
  }
}
