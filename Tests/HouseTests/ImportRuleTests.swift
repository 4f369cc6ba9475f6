import Foundation
import TestSupport
import Testing

/// Who may import whom: the table of docs/ARCHITECTURE.md, "Rooms", is the rule itself.
@Suite("Import rule")
struct ImportRuleTests {
  @Test("every file imports only what the table of rooms allows")
  func imports() throws {
    let rooms = try RoomTable(Fixture.text("docs/ARCHITECTURE.md"))
    var seen = 0
    for file in try Self.swiftFiles() {
      let room = try #require(rooms.room(of: file), "\(file) is in no room of the table in docs/ARCHITECTURE.md")
      for module in Self.importedModules(try Fixture.text(file)) {
        #expect(room.imports.contains(module), "\(file) imports \(module), which \(room.path) may not")
      }
      seen += 1
    }
    #expect(seen > 50)
  }

  @Test("every room of the table is there")
  func rooms() throws {
    let files = try Self.swiftFiles()
    for room in try RoomTable(Fixture.text("docs/ARCHITECTURE.md")).rooms where room.path != "CYaml" {
      #expect(
        files.contains { room.match($0) != nil } || FileManager.default.fileExists(atPath: room.folder),
        "docs/ARCHITECTURE.md has a room \(room.path), and there is no such folder")
    }
  }

  @Test("a row of the table is a folder or a pattern of folders, with what it may import")
  func table() throws {
    let table = try RoomTable(
      """
      # A heading
      | room | what it is | may import |
      | --- | --- | --- |
      | `Base` | `nothing` here counts | nothing |
      | `A/Core`, `A/Other` | text | Base, Glibc |
      | `Modules/*/Protocol` | text | nothing |
      | `Modules/*/Module` | text | Base, *Protocol |

      | room | of another table |
      | `Late` | text | Base |
      """)
    #expect(table.room(of: "Sources/Base/X.swift")?.imports == [])
    #expect(table.room(of: "Sources/A/Core/Deep/X.swift")?.imports == ["Base", "Glibc"])
    #expect(table.room(of: "Sources/A/Other/X.swift")?.imports == ["Base", "Glibc"])
    #expect(table.room(of: "Sources/A/Third/X.swift") == nil)
    #expect(table.room(of: "Sources/Modules/Thermo/Protocol/X.swift")?.imports == [])
    #expect(table.room(of: "Sources/Modules/Thermo/Module/X.swift")?.imports == ["Base", "ThermoProtocol"])
    #expect(table.room(of: "Sources/Late/X.swift") == nil)
    #expect(throws: RoomTable.Missing.self) { try RoomTable("# No table") }
  }

  @Test("imports are recognised in every way they can be written")
  func recognises() {
    let text = """
      import A
      @testable import B
      public import C
      @_exported public import struct D.Thing
      // import E
      let import_ = 1
        import F
      """
    #expect(Self.importedModules(text) == ["A", "B", "C", "D", "F"])
  }

  private static func swiftFiles() throws -> [String] {
    let root = Fixture.packageDirectory
    return try ["Sources", "Plugins"].flatMap { folder in
      try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
        .filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
    }
  }

  static func importedModules(_ text: String) -> [String] {
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"), words[..<keyword].allSatisfy(isModifier) else { return nil }
      let rest = words[(keyword + 1)...].drop { kinds.contains($0) }
      return rest.first?.split(separator: ".").first.map(String.init)
    }
  }

  private static func isModifier(_ word: Substring) -> Bool {
    word.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains(word)
  }
}
