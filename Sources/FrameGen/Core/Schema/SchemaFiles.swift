/// The files that a schema includes. The generator opens none itself.
public protocol SchemaFiles {
  /// What a file holds, or at least its first `FrameGenerator.schemaBytesMax` + 1 bytes.
  ///
  /// - Throws: why it cannot be read.
  func bytes(of path: String) throws(SchemaFileError) -> [UInt8]

  /// The files that a pattern with `*`, `?` or `[…]` matches, in any order.
  ///
  /// - Parameters:
  ///   - pattern: as it is written in the schema.
  ///   - directory: where it starts: a path that ends with `/`, or nothing.
  func paths(matching pattern: String, in directory: String) -> [String]
}

/// Why a file of a schema cannot be read.
public struct SchemaFileError: Error {
  /// The words after the file's name, such as `cannot be opened: Permission denied`.
  public let problem: String

  /// - Parameter problem: the words after the file's name, such as `cannot be opened: Permission denied`.
  public init(_ problem: String) {
    self.problem = problem
  }
}

/// Paths as texts.
enum SchemaPath {
  /// Everything up to the last `/`, with it.
  static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  /// Whether a text of a schema is a pattern, not a path.
  static func isPattern(_ text: String) -> Bool {
    text.contains { "*?[".contains($0) }
  }

  /// The path without `.` and, where possible, without `..`, so that one file has one name.
  static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
