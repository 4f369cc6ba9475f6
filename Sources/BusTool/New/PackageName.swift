import BusClient

/// The name of a package, and what is made of it: `my-sensor` names the module `my-sensor`, the type `MySensor` and the
/// frame `MY_SENSOR_VALUE`.
struct PackageName: Equatable {
  /// Words of small letters and digits, with hyphens between them.
  let text: String

  /// - Throws: `UsageError` that says what a name may be.
  init(_ text: String) throws(UsageError) {
    let words = text.split(separator: "-", omittingEmptySubsequences: false)
    guard text.utf8.count <= Self.bytesMax, text.first?.isNumber == false, words.allSatisfy(Self.isWord) else {
      throw UsageError(
        "'\(text)' cannot be the name of a package: it takes small letters, digits and hyphens between them,"
          + " and begins with a letter, such as my-sensor")
    }
    guard !Self.keywords.contains(text) else {
      throw UsageError("'\(text)' is a word of Swift and cannot name a package; try \(text)-module")
    }
    guard !Self.programs.contains(text) else {
      throw UsageError("'\(text)' is a part of Framebus; give the package another name")
    }
    self.text = text
  }

  /// `MySensor`.
  var typeName: String { words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() }
  /// `mySensor`.
  var memberName: String { typeName.prefix(1).lowercased() + typeName.dropFirst() }
  /// `MY_SENSOR`.
  var frameName: String { words.map { $0.uppercased() }.joined(separator: "_") }
  /// `my_sensor`.
  var moduleName: String { words.joined(separator: "_") }

  private var words: [Substring] { text.split(separator: "-") }

  /// Of a longer one the names of its frames would be too long.
  private static let bytesMax = 40

  private static func isWord(_ word: Substring) -> Bool {
    !word.isEmpty && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
  }

  /// Words that cannot name a module of Swift.
  private static let keywords: Set<String> = [
    "any", "as", "async", "await", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do",
    "each", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import",
    "in", "init", "inout", "internal", "is", "let", "macro", "main", "nil", "open", "operator", "private", "protocol",
    "public", "repeat", "rethrows", "return", "self", "some", "static", "struct", "subscript", "super", "swift",
    "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",
  ]

  /// Programs of Framebus, of which there can be one in a build.
  private static let programs: Set<String> = [
    "bus-bench", "bus-manager", "button-module", "candy-dispenser", "candy-simulator", "controller-module",
    "evomin-bridge", "evomin-simulator", "frame-gen", "framebus", "fuzz", "led-module", "selection-task",
  ]
}
