import FrameGenCore
import Glibc

/// Included files, on the disk.
struct DiskFiles: SchemaFiles {
  func bytes(of path: String) throws(SchemaFileError) -> [UInt8] {
    do throws(FileError) {
      return try File.read(path, bytesMax: FrameGenerator.schemaBytesMax)
    } catch {
      throw SchemaFileError(error.problem)
    }
  }

  func paths(matching pattern: String, in directory: String) -> [String] {
    // A directory's own name is no pattern, whatever characters it has.
    let literal = directory.map { "*?[\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    var found = glob_t()
    defer { globfree(&found) }
    guard glob((pattern.hasPrefix("/") ? "" : literal) + pattern, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
  }
}
