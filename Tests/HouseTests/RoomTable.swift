import Foundation
import TestSupport

/// The table of rooms as docs/ARCHITECTURE.md has it: `| folders | what it is | what it may import |`.
///
/// A `*` in a folder stands for one name, such as that of a device, and in an import for the same name again.
struct RoomTable {
  /// A folder below `Sources` (or the package's root), or a pattern of such folders.
  struct Room: Equatable {
    let path: String
    let imports: Set<String>

    /// Where a room without a pattern is.
    var folder: String { Fixture.packageDirectory.appending(path: "Sources/\(path)").path }

    /// What the `*` of the path stands for in a file's path, empty without one; nil for a file that is not in the room.
    func match(_ file: String) -> String? {
      var star = ""
      var parts = file.split(separator: "/")[...]
      if parts.first == "Sources" { parts.removeFirst() }
      for name in path.split(separator: "/") {
        guard let part = parts.popFirst() else { return nil }
        if name == "*" { star = String(part) } else if name != part { return nil }
      }
      return parts.isEmpty ? nil : star
    }
  }

  struct Missing: Error {}

  let rooms: [Room]

  /// - Throws: `Missing` if there is no table of rooms in the text.
  init(_ text: String) throws(Missing) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let head = lines.firstIndex(where: { $0.hasPrefix("| room |") }) else { throw Missing() }
    rooms = lines[(head + 2)...].prefix { $0.hasPrefix("|") }.flatMap { row in
      let cells = row.split(separator: "|", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      return cells[1].split(separator: ",").map { path in
        Room(
          path: path.trimmingCharacters(in: CharacterSet(charactersIn: " `")),
          imports: Set(cells[3].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }))
      }
    }
  }

  /// The room of a file, with the imports of its own device for a pattern of several.
  func room(of file: String) -> Room? {
    for room in rooms {
      guard let star = room.match(file) else { continue }
      let imports = room.imports.subtracting(["nothing"]).map { $0.replacing("*", with: star) }
      return Room(path: room.path, imports: Set(imports))
    }
    return nil
  }
}
