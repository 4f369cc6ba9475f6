import Foundation
import TestSupport
import Testing

/// Who may import whom: the table of docs/ARCHITECTURE.md, "Rooms".
@Suite("Import rule")
struct ImportRuleTests {
  /// A room, and what its files may import beside the standard library.
  private static let rooms: [(path: String, imports: Set<String>)] = [
    ("Sources/BusSchema", []),
    ("Sources/YAMLText", ["BusSchema", "CYaml"]),
    ("Sources/FrameGen/Core", ["BusSchema", "YAMLText"]),
    ("Sources/FrameGen/Tool", ["FrameGenCore", "Glibc"]),
    ("Sources/BusWire", ["BusSchema"]),
    ("Sources/BusNet", ["Glibc", "CSys"]),
    ("Sources/BusManager/Core", ["BusWire"]),
    ("Sources/BusManager/Host", ["BusManagerCore", "BusNet", "BusWire"]),
    ("Sources/BusManager/Daemon", ["BusManagerHost", "BusManagerCore", "BusNet", "BusWire"]),
    ("Sources/BusClient", ["BusWire", "BusNet"]),
    ("Sources/BusTesting", ["BusClient", "BusManagerHost", "BusWire", "BusNet"]),
    ("Sources/Frames", ["BusWire"]),
    ("Sources/BusTool", ["BusClient", "BusSchema", "BusWire", "Frames", "Foundation", "FoundationEssentials"]),
    ("Sources/Modules/LedButton", ["BusClient", "Frames"]),
    ("Sources/Modules/CandyDispenser/Protocol", []),
    ("Sources/Modules/CandyDispenser/Simulator", ["CandyCom"]),
    ("Sources/Modules/CandyDispenser/Simulation", ["BusClient", "BusNet", "CandySimulator", "Frames"]),
    ("Sources/Modules/CandyDispenser/SimulatorModule", ["BusClient", "CandySimulation", "Frames"]),
    ("Sources/Modules/CandyDispenser/Module", ["BusClient", "BusNet", "CandyCom", "CandySimulation", "Frames"]),
    ("Sources/Modules/SelectionTask", ["BusClient", "BusNet", "Frames"]),
    ("Sources/Modules/EvominBridge/Protocol", []),
    ("Sources/Modules/EvominBridge/Simulator", ["Evomin"]),
    ("Sources/Modules/EvominBridge/Map", ["BusWire", "Evomin", "Frames", "YAMLText"]),
    ("Sources/Modules/EvominBridge/Simulation", ["BusClient", "BusNet", "Evomin", "EvominSimulator", "Frames"]),
    ("Sources/Modules/EvominBridge/SimulatorModule", ["BusClient", "EvominSimulation", "Frames"]),
    (
      "Sources/Modules/EvominBridge/Module",
      ["BusClient", "BusNet", "Evomin", "EvominMap", "EvominSimulation", "Frames", "YAMLText"]
    ),
    ("Plugins/FrameGenPlugin", ["PackagePlugin", "Foundation"]),
  ]

  @Test("every file imports only what its room may")
  func imports() throws {
    var seen = 0
    for file in try Self.swiftFiles() {
      let room = try #require(
        Self.rooms.first { file.hasPrefix($0.path + "/") },
        "\(file) is in no room: add the room to this test and to docs/ARCHITECTURE.md")
      for module in Self.importedModules(try Fixture.text(file)) {
        #expect(
          room.imports.contains(module), "\(file) imports \(module), which \(room.path) may not")
      }
      seen += 1
    }
    #expect(seen > 50)
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
