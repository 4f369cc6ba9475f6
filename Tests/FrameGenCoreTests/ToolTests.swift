import Foundation
import TestSupport
import Testing

@Suite("The frame-gen executable")
struct ToolTests {
  private struct Outcome {
    let exitCode: Int32
    let output: String
    let errors: String
  }

  private let folder: TemporaryFolder
  private var directory: URL { URL(filePath: folder.path) }

  init() throws { folder = try TemporaryFolder() }

  /// Runs the tool in the test's directory.
  private func run(_ arguments: [String]) throws -> Outcome {
    let process = Process()
    let output = Pipe()
    let errors = Pipe()
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "frame-gen")
    process.arguments = arguments
    process.currentDirectoryURL = directory
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let outputData = output.fileHandleForReading.readDataToEndOfFile()
    let errorData = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      exitCode: process.terminationStatus, output: String(decoding: outputData, as: UTF8.self),
      errors: String(decoding: errorData, as: UTF8.self))
  }

  private func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: directory.appending(path: name))
  }

  private func attributes(of name: String) throws -> (inode: Int?, modified: Date?) {
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.appending(path: name).path)
    return (attributes[.systemFileNumber] as? Int, attributes[.modificationDate] as? Date)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  @Test("writes a file, or to standard output if there is none")
  func writes() throws {
    try write("frames:\n  A: { id: 4096 }\n", to: "frames.yaml")
    let file = try run("--module", "X", "frames.yaml", "out.swift")
    let bare = try run("--module", "X", "frames.yaml")
    let dash = try run("--module", "X", "frames.yaml", "-")
    #expect(file.exitCode == 0 && file.output.isEmpty && file.errors.isEmpty)
    #expect(bare.exitCode == 0 && bare.output.contains("struct A: TypedFrame"))
    #expect(dash.output == bare.output)
    #expect(try String(contentsOf: directory.appending(path: "out.swift"), encoding: .utf8) == bare.output)
    #expect(try names() == ["frames.yaml", "out.swift"])
  }

  @Test("leaves an output alone whose content would not change")
  func unchanged() throws {
    try write("frames:\n  A: { id: 4096 }\n", to: "frames.yaml")
    _ = try run("frames.yaml", "out.swift")
    let before = try attributes(of: "out.swift")
    _ = try run("frames.yaml", "out.swift")
    #expect(try attributes(of: "out.swift") == before)
    try write("frames:\n  A: { id: 4097 }\n", to: "frames.yaml")
    _ = try run("frames.yaml", "out.swift")
    #expect(try attributes(of: "out.swift").inode != before.inode)
  }

  @Test("prints every problem with the path as it was given, exits with 1 and keeps the old output")
  func problems() throws {
    try write("frames:\n  A: { id: 0 }\n  b: { id: 4097 }\n", to: "frames.yaml")
    try write("old", to: "out.swift")
    let outcome = try run("./frames.yaml", "out.swift")
    #expect(outcome.exitCode == 1)
    #expect(
      outcome.errors == """
        ./frames.yaml:2:12: error: id 0 means all frames; use 4096 to 65279
        ./frames.yaml:3:3: error: 'b' cannot name a frame; use capital letters, digits and _, such as BUTTON_STATE

        """)
    #expect(try String(contentsOf: directory.appending(path: "out.swift"), encoding: .utf8) == "old")
  }

  @Test("reads included files from beside the file that names them, whatever that folder is called")
  func includes() throws {
    for folder in ["a*[b]?", "modules/one", "modules/two"] {
      try FileManager.default.createDirectory(
        at: directory.appending(path: "a*[b]?/\(folder)"), withIntermediateDirectories: true)
    }
    try write("include: modules/*/frames.yaml\n", to: "a*[b]?/frames.yaml")
    try write("frames:\n  ONE: { id: 4096 }\n", to: "a*[b]?/modules/one/frames.yaml")
    try write("frames:\n  TWO: { id: 4097 }\n", to: "a*[b]?/modules/two/frames.yaml")
    let outcome = try run("a*[b]?/frames.yaml")
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("struct One: TypedFrame") && outcome.output.contains("struct Two: TypedFrame"))
    try write("frames:\n  TWO: { id: 4096 }\n", to: "a*[b]?/modules/two/frames.yaml")
    #expect(
      try run("a*[b]?/frames.yaml").errors == """
        a*[b]?/modules/two/frames.yaml:2:14: error: duplicate id 4096, already the id of ONE at \
        a*[b]?/modules/one/frames.yaml:2:3; take one that no frame has or had

        """)
  }

  @Test("says which file cannot be read or written")
  func files() throws {
    let missing = try run("no.yaml", "out.swift")
    #expect(missing.exitCode == 1)
    #expect(missing.errors == "no.yaml: error: cannot be opened: No such file or directory\n")
    let folder = try run(".", "out.swift")
    #expect(folder.errors == ".: error: cannot be read: Is a directory\n")
    try write("frames:\n  A: { id: 4096 }\n", to: "frames.yaml")
    let nowhere = try run("frames.yaml", "no/out.swift")
    #expect(nowhere.exitCode == 1)
    #expect(nowhere.errors == "no/out.swift: error: cannot be written: No such file or directory\n")
    try FileManager.default.createDirectory(at: directory.appending(path: "folder"), withIntermediateDirectories: true)
    let replaced = try run("frames.yaml", "folder")
    #expect(replaced.errors == "folder: error: cannot be replaced: Is a directory\n")
    #expect(try names() == ["folder", "frames.yaml"])
  }

  @Test(
    "exits with 2 on a wrong command line, and says what is wrong",
    arguments: [
      ([], "no schema given"),
      (["--module"], "--module needs the name of a module"),
      (["--fast", "frames.yaml"], "unknown option '--fast'"),
      (["a", "b", "c"], "too many files: 'c'"),
    ])
  func usage(arguments: [String], problem: String) throws {
    let outcome = try run(arguments)
    #expect(outcome.exitCode == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "frame-gen: error: \(problem)\nTry 'frame-gen --help'.\n")
  }

  @Test("explains itself")
  func help() throws {
    let outcome = try run("--help")
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.hasPrefix("usage: frame-gen [--module NAME] IN.yaml [OUT.swift]\n"))
  }
}
