import BusSchema
import YAMLText

/// Where a program has the value of an option from. What is nearer to the person who starts it counts more.
package enum OptionOrigin: Equatable, Sendable {
  /// Nobody gave one.
  case standard
  /// A file of settings.
  case file(Position)
  /// A variable of the environment, by its name.
  case environment(String)
  /// The command line.
  case commandLine
}

/// A value of an option in a file of settings.
package struct OptionSetting {
  let option: any ProgramOption
  let texts: [String]
  let position: Position
}

/// Reads options in a file of settings, by their long names; `_` may be written for `-`.
package struct OptionReading: YAMLReading {
  package var diagnostics: [Diagnostic] = []
  /// What was read so far.
  package private(set) var settings: [OptionSetting] = []

  package init() {}

  /// Reads one option.
  ///
  /// - Parameters:
  ///   - pair: its name and its value.
  ///   - options: those that there are.
  ///   - others: what else may stand there, for the message about an unknown name.
  ///   - what: where it stands, such as `the manager's file`.
  package mutating func option(
    _ pair: YAMLPair, _ options: [any ProgramOption], others: [String] = [], of what: String
  ) {
    let name = String(pair.key.value.map { $0 == "_" ? "-" : $0 })
    guard let option = options.first(where: { $0.name == name }) else {
      let known = others + options.map(\.name)
      let advice = Nearest.advice(for: name, among: known)
      report(
        pair.key.position,
        "unknown key '\(pair.key.value)' in \(what); \(advice)known keys: \(known.joined(separator: ", "))")
      return
    }
    if let first = settings.first(where: { $0.option.name == name }) {
      report(pair.key.position, "'\(name)' stands in line \(first.position.line) already; remove one of them")
      return
    }
    guard let texts = texts(of: pair.value, for: option) else { return }
    do throws(UsageError) {
      if !texts.isEmpty { _ = try option.value(of: texts) }
      settings.append(OptionSetting(option: option, texts: texts, position: pair.value.position))
    } catch {
      report(pair.value.position, error.description)
    }
  }

  /// A text for each value; none for a switch that is off.
  private mutating func texts(of node: YAMLNode, for option: any ProgramOption) -> [String]? {
    guard option.placeholder != nil else { return bool(node, key: option.name).map { $0 ? [""] : [] } }
    guard option.takesSeveral, case .sequence(let items) = node.content else {
      return text(node, key: option.name).map { [$0.value] }
    }
    guard !items.isEmpty else {
      report(node.position, "'\(option.name)' is empty; fill it in or remove the key")
      return nil
    }
    let texts = items.compactMap { text($0, key: option.name)?.value }
    return texts.count == items.count ? texts : nil
  }
}

extension GivenOptions {
  /// Takes what a file says about options that were not given otherwise.
  package mutating func add(_ settings: [OptionSetting]) throws(UsageError) {
    for setting in settings where !setting.texts.isEmpty {
      try add(setting.texts, for: setting.option, from: .file(setting.position))
    }
  }

  /// Takes what a variable of the environment says about an option that was not given otherwise.
  package mutating func add(_ text: String, for option: any ProgramOption, fromVariable name: String)
    throws(UsageError)
  {
    let isSwitch = option.placeholder == nil
    if isSwitch, text == "0" || text == "false" { return }
    if isSwitch, text != "1", text != "true" { throw UsageError("$\(name) is true or false, not '\(text)'") }
    let texts = option.takesSeveral ? text.split(separator: ",").map(String.init) : [text]
    do throws(UsageError) {
      try add(texts, for: option, from: .environment(name))
    } catch {
      throw UsageError("$\(name): \(error)")
    }
  }

  /// The options that are in force as a file of settings, with where each has its value from.
  package func settingsText(_ options: [any ProgramOption]) -> String {
    let lines = options.map { option in
      let origin = origin(of: option)
      let texts = origin == .standard ? [option.defaultText] : self.texts(of: option)
      guard texts != [""] || option.placeholder == nil else { return ("# \(option.name):", "not set") }
      return ("\(option.name): \(Self.yaml(texts, option, isDefault: origin == .standard))", origin.text)
    }
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { $0.0 + String(repeating: " ", count: width - $0.0.count + 2) + "# \($0.1)\n" }.joined()
  }

  private static func yaml(_ texts: [String], _ option: any ProgramOption, isDefault: Bool) -> String {
    if option.placeholder == nil { return isDefault ? "false" : "true" }
    if isDefault { return option.defaultText }
    let values = texts.map { text in
      let isPlain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "./:_-".utf8.contains(byte)
        }
      }
      return isPlain && text.last != ":" && text.first != "-" ? text : JSONText.quoted(text)
    }
    return option.takesSeveral ? "[\(values.joined(separator: ", "))]" : values[0]
  }

  /// The options that are different in another run of the program.
  package func differences(from other: GivenOptions, among options: [any ProgramOption]) -> [String] {
    options.map(\.name).filter { name in values[name]?.texts != other.values[name]?.texts }
  }
}

extension OptionOrigin {
  /// In the words of `--print-config`.
  var text: String {
    switch self {
    case .standard: "default"
    case .file(let position): position.text
    case .environment(let name): "$\(name)"
    case .commandLine: "command line"
    }
  }
}
