import Foundation

/// Files of the package that tests read.
public enum Fixture {
  /// Where Package.swift is.
  public static let packageDirectory = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The content of a file.
  ///
  /// - Parameter path: from the package's root.
  public static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: packageDirectory.appending(path: path)))
  }

  /// The text of a file.
  ///
  /// - Parameter path: from the package's root.
  public static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  /// The paths of the files in a folder, in order; none if there is no such folder.
  ///
  /// - Parameter folder: from the package's root, as the paths are.
  public static func files(_ folder: String) throws -> [String] {
    let path = packageDirectory.appending(path: folder).path
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { "\(folder)/\($0)" }
  }
}
