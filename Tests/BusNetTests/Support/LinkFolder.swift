import Foundation

/// A folder for links to pseudo-terminals. It is removed when the last reference to it goes.
final class LinkFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/bus-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(POSIXError.Code(rawValue: errno)!) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a link in it.
  func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Where a link leads; nil if it is none or not there.
  func target(_ name: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: path(name))
  }

  func makeLink(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
  }
}
