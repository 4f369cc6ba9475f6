import BusClient
import BusSystem

/// `framebus new`: a package of one's own, to begin with.
struct NewCommand: Command {
  static let name = "new"
  static let operands = "FOLDER"
  static let operandsMax = 1
  static let summary = "Makes a package with a module, its frames and its test."
  static let details = """
    FOLDER is made, or is there and empty; its name is the name of the package and of its module, such as my-sensor. The
    package has its own frames.yaml, with ids from 4096 up, a module that sends one, a test, and a README with what to
    do next. It builds as it is, and uses Framebus by the path of its sources.

    With --python it is a script instead, with the client in plain Python beside it. It needs no build.
    """
  private static let framebus = Option(
    "framebus", value: "PATH", "Framebus's sources (those that this tool was built in).")
  private static let python = Option("python", "Make a module in Python.")
  static let options: [any ProgramOption] = [framebus, python]

  private let folder: Folder
  private let package: PackageName
  private let source: String?
  private let isPython: Bool

  init(_ given: GivenOptions) throws(UsageError) {
    guard let operand = given.operands.first else { throw UsageError("no folder given") }
    // Of '.' and '..' the folder itself knows the name.
    folder =
      (try? Folder(existing: operand)) ?? Folder(path: operand.last == "/" ? String(operand.dropLast()) : operand)
    package = try PackageName(folder.name)
    source = given[Self.framebus]
    isPython = given[Self.python]
  }

  func run(_ place: BusPlace, _ console: Console) throws(ToolError) {
    if let names = try? folder.names, !names.isEmpty {
      throw ToolError("\(folder.path) is not empty; give a new or an empty folder")
    }
    let framebus = try Self.sources(source)
    do throws(SystemError) {
      let template = isPython ? Template.python : Template.swift
      try folder.write(try template.files(for: package, framebus))
    } catch {
      throw ToolError("\(error)")
    }
    let next = isPython ? "python3 \(package.moduleName).py" : "swift run \(package.text)"
    try console.print("made \(folder.path); next: cd \(folder.path) && \(next)\n")
  }

  /// Framebus's sources: those at a path, else those around this tool.
  private static func sources(_ path: String?) throws(ToolError) -> Folder {
    if let path {
      guard let folder = try? Folder(existing: path), isFramebus(folder) else {
        throw ToolError("there are no sources of Framebus at \(path)")
      }
      return folder
    }
    var folder = Folder.ofProgram
    while let candidate = folder {
      if isFramebus(candidate) { return candidate }
      folder = candidate.parent
    }
    throw ToolError("this tool does not lie in the sources of Framebus; say where they are with --framebus PATH")
  }

  private static func isFramebus(_ folder: Folder) -> Bool {
    ["Package.swift", "Plugins/FrameGenPlugin", "Examples/my-sensor"].allSatisfy(folder.has)
  }
}
