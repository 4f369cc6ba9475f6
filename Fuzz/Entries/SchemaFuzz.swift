import FrameGenCore
import FuzzKit

/// A schema file, which finds itself behind every name that it includes: it becomes a text or a list of problems, each at a place in the file.
enum SchemaFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    do throws(SchemaError) {
      let text = try FrameGenerator().generate(from: input, path: "frames.yaml", including: OneFile(bytes: input))
      try? require(!text.isEmpty, "a schema became an empty text")
    } catch {
      try require(!error.diagnostics.isEmpty, "a schema was refused without a reason")
      let lines = input.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } + 2
      for problem in error.diagnostics {
        try require(problem.position.line >= 1 && problem.position.column >= 1, "a problem at \(problem.position)")
        try require(problem.position.line <= lines, "a problem behind the end: \(problem.position)")
        try require(!problem.message.contains("\n"), "a problem of several lines: \(problem.message)")
      }
    }
  }
}

private struct OneFile: SchemaFiles {
  let bytes: [UInt8]

  func bytes(of path: String) throws(SchemaFileError) -> [UInt8] { bytes }

  func paths(matching pattern: String, in directory: String) -> [String] {
    ["\(directory)one.yaml", "\(directory)two"]
  }
}
