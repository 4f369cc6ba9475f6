import Glibc

@testable import FrameGenCore

/// What the generator says about a schema, line by line as the tool prints it; nothing if it is in order.
///
/// Its frames may have any id that a module's frame can have, so that tests of other things can write short ones.
func problems(in schema: String, module: String? = nil) -> [String] {
  problems(in: Array(schema.utf8), module: module)
}

/// What the generator says about the bytes of a schema file.
func problems(in bytes: [UInt8], module: String? = nil) -> [String] {
  problems(in: bytes, including: MemoryFiles(), module: module, ids: 1...0xFEFF)
}

/// What the generator says about `frames.yaml` and the files that it includes, with the ids of every schema.
func problems(in schema: String, including files: [String: String]) -> [String] {
  problems(in: Array(schema.utf8), including: MemoryFiles(files), module: nil, ids: nil)
}

private func problems(
  in bytes: [UInt8], including files: MemoryFiles, module: String?, ids: ClosedRange<UInt16>?
) -> [String] {
  do throws(SchemaError) {
    var generator = FrameGenerator(module: module)
    if let ids { generator.idsByDefault = ids }
    _ = try generator.generate(from: bytes, path: "frames.yaml", including: files)
    return []
  } catch {
    return error.diagnostics.map(\.text)
  }
}

/// The checked schema.
func model(of schema: String) throws -> SchemaModel {
  var generator = FrameGenerator()
  generator.idsByDefault = 1...0xFEFF
  return try generator.model(of: Array(schema.utf8), path: "frames.yaml", including: MemoryFiles())
}

/// The Swift text for a schema.
func text(for schema: String, module: String? = nil, including files: [String: String] = [:]) throws -> String {
  var generator = FrameGenerator(module: module)
  generator.idsByDefault = 1...0xFEFF
  return try generator.generate(from: Array(schema.utf8), path: "frames.yaml", including: MemoryFiles(files))
}

/// Files with paths and content, which are nowhere but here.
struct MemoryFiles: SchemaFiles {
  private let files: [String: String]

  init(_ files: [String: String] = [:]) { self.files = files }

  func bytes(of path: String) throws(SchemaFileError) -> [UInt8] {
    guard let text = files[path] else { throw SchemaFileError("cannot be opened: No such file or directory") }
    return Array(text.utf8)
  }

  func paths(matching pattern: String, in directory: String) -> [String] {
    files.keys.filter { fnmatch(directory + pattern, $0, FNM_PATHNAME) == 0 }
  }
}

/// A schema with one frame, whose fields are the given lines; they start in line 4, column 7.
func frame(fields: String...) -> String {
  "frames:\n  SAMPLE:\n    { id: 1, fields: {\n" + fields.map { "      \($0)" }.joined(separator: ",\n") + "\n    } }\n"
}
