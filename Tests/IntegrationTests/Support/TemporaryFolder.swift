import Foundation

/// A folder that is removed when the last reference to it goes. Its path is short, so that sockets fit in.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/bus-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(POSIXError.Code(rawValue: errno)!) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  func path(_ name: String) -> String { "\(path)/\(name)" }

  func exists(_ name: String) -> Bool {
    var info = stat()
    return lstat(path(name), &info) == 0
  }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path(name)))
  }

  func text(of name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
}
