/// How names of a schema are written in Swift.
enum SwiftName {
  /// `DISPLAY_8X8_CHARACTER` becomes `Display8x8Character`.
  static func type(_ name: String) -> String {
    words(of: name).map(capitalized).joined()
  }

  /// `ambient_temperature` becomes `ambientTemperature`, `OPEN_CURSOR` becomes `openCursor`.
  static func member(_ name: String) -> String {
    let words = words(of: name)
    return words.prefix(1).joined() + words.dropFirst().map(capitalized).joined()
  }

  /// The member's name of a field of a frame or struct.
  static func field(_ name: String) -> String {
    let name = member(name)
    return ReservedNames.fieldMembers.contains(name) ? name + "_" : name
  }

  /// The member's name of the stored number of a field with a scale.
  static func rawField(_ name: String) -> String { member("raw_" + name) }

  /// The member that holds the value of a field with a scale. No field's name begins like this.
  static func storage(_ name: String) -> String { "_" + member(name) }

  /// The member's name of a value of an enum.
  static func enumValue(_ name: String) -> String {
    let name = member(name)
    return ReservedNames.enumMembers.contains(name) ? name + "_" : name
  }

  /// The member's name of the list of all frames of a module.
  static func frameList(of module: String) -> String { "allIn\(module)" }

  /// The name as source text has it: keywords in backticks.
  static func escaped(_ name: String) -> String {
    ReservedNames.keywords.contains(name) ? "`\(name)`" : name
  }

  /// The name as source text has it before an argument, where only three keywords need backticks.
  static func label(_ name: String) -> String {
    ["inout", "let", "var"].contains(name) ? "`\(name)`" : name
  }

  private static func words(of name: String) -> [String] {
    name.lowercased().split(separator: "_").map(String.init)
  }

  private static func capitalized(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }
}
