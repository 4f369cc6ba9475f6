/// An option of a program, whatever its value is.
public protocol ProgramOption: Sendable {
  /// As written after `--`.
  var name: String { get }
  /// What its value stands for, such as `ADDRESS`; nil for a switch.
  var placeholder: String? { get }
  /// One line for `--help`, with the values that it takes and the one that it has unless given.
  var help: String { get }
  /// The value that it has unless given, as a person would write it; empty if it has none.
  var defaultText: String { get }
  /// Whether it may be given several times.
  var takesSeveral: Bool { get }
  /// The value that these texts mean.
  ///
  /// - Parameter texts: one for each time that the option was given, at least one.
  /// - Throws: `UsageError` that says what it takes.
  func value(of texts: [String]) throws(UsageError) -> any Sendable
}

/// An option of a program: how it is written, what it takes, and what it is unless given.
///
///     static let port = Option("port", value: "PATH", "The dispenser's serial port.")
///     static let patience = Option("patience", default: .seconds(60), in: .seconds(1) ... .seconds(600), unit: .seconds,
///       "How long a candy may lie.")
///     static let options: [any ProgramOption] = [port, patience]
///
/// It is read as `bus.options[Self.patience]`, which cannot fail: what was given is checked before the program begins.
public struct Option<Value: Sendable>: ProgramOption {
  /// As written after `--`.
  public let name: String
  /// What its value stands for, such as `ADDRESS`; nil for a switch.
  public let placeholder: String?
  /// One line for `--help`, with the values that it takes and its default.
  public let help: String
  /// The value that it has unless given, as a person would write it; empty if it has none.
  public let defaultText: String
  /// Whether it may be given several times.
  public let takesSeveral: Bool
  let defaultValue: Value
  private let parse: @Sendable ([String]) throws(UsageError) -> Value

  /// - Parameters:
  ///   - facts: the values that it takes, as far as a person wants to know them.
  ///   - defaultText: the default as a person would write it, which is added to the facts; empty if there is none.
  init(
    _ name: String, placeholder: String?, default defaultValue: Value, _ help: String, facts: [String] = [],
    defaultText: String = "", takesSeveral: Bool = false,
    parse: @escaping @Sendable ([String]) throws(UsageError) -> Value
  ) {
    self.name = name
    self.placeholder = placeholder
    self.defaultValue = defaultValue
    self.defaultText = defaultText
    self.takesSeveral = takesSeveral
    self.parse = parse
    let facts = (facts + (facts.isEmpty ? [] : [defaultText].filter { !$0.isEmpty }.map { "default \($0)" }))
      .joined(separator: "; ")
    let sentence = help.last == "." ? String(help.dropLast()) : help
    self.help = facts.isEmpty ? sentence + "." : "\(sentence) (\(facts))."
  }

  /// The value that these texts mean.
  ///
  /// - Throws: `UsageError` that says what the option takes.
  public func value(of texts: [String]) throws(UsageError) -> any Sendable { try parse(texts) }
}

// MARK: Switches and words

extension Option where Value == Bool {
  /// A switch: it has no value, and is true if it was given.
  ///
  /// - Parameters:
  ///   - name: as written after `--`.
  ///   - help: one line for `--help`.
  public init(_ name: String, _ help: String) {
    self.init(name, placeholder: nil, default: false, help, defaultText: "false") { _ throws(UsageError) in true }
  }
}

extension Option where Value == String? {
  /// An option whose value is any text.
  ///
  /// - Parameters:
  ///   - name: as written after `--`.
  ///   - placeholder: what its value stands for, such as `PATH`.
  ///   - help: one line for `--help`.
  public init(_ name: String, value placeholder: String, _ help: String) {
    self.init(name, placeholder: placeholder, default: nil, help) { texts throws(UsageError) in texts.last }
  }
}

extension Option {
  /// An option whose value has a syntax of its own.
  ///
  /// - Parameters:
  ///   - name: as written after `--`.
  ///   - placeholder: what its value stands for, such as `ADDRESS`.
  ///   - defaultValue: its value unless given.
  ///   - defaultText: the default as it is written in a file of settings; empty if it has none.
  ///   - help: one line for `--help`, in which the default stands if a person wants to know it.
  ///   - parse: makes a value of the text; the description of what it throws says why it cannot.
  public init(
    _ name: String, value placeholder: String, default defaultValue: Value, written defaultText: String = "",
    _ help: String, parse: @escaping @Sendable (String) throws -> Value
  ) {
    self.init(name, placeholder: placeholder, default: defaultValue, help, defaultText: defaultText) {
      texts throws(UsageError) in
      try Self.parse(name, texts[texts.count - 1], parse)
    }
  }

  /// An option that may be given several times.
  ///
  /// - Parameters:
  ///   - name: as written after `--`.
  ///   - placeholder: what each of its values stands for.
  ///   - defaultText: what it has unless given, as it is written in a file of settings; empty if that is nothing.
  ///   - help: one line for `--help`.
  ///   - parse: makes a value of a text; the description of what it throws says why it cannot.
  public init<Element: Sendable>(
    _ name: String, values placeholder: String, written defaultText: String = "", _ help: String,
    parse: @escaping @Sendable (String) throws -> Element
  ) where Value == [Element] {
    self.init(
      name, placeholder: placeholder, default: [], help, defaultText: defaultText, takesSeveral: true
    ) { texts throws(UsageError) in
      var values: [Element] = []
      for text in texts { values.append(try Option<Element>.parse(name, text, parse)) }
      return values
    }
  }

  private static func parse(
    _ name: String, _ text: String, _ parse: (String) throws -> Value
  ) throws(UsageError) -> Value {
    do {
      return try parse(text)
    } catch {
      throw UsageError("--\(name): \(error)")
    }
  }

  /// An option that takes one of a few words.
  ///
  /// - Parameters:
  ///   - name: as written after `--`.
  ///   - placeholder: what its value stands for.
  ///   - defaultValue: its value unless given.
  ///   - help: one line for `--help`; the words and the default are added to it.
  public init(_ name: String, value placeholder: String = "NAME", default defaultValue: Value, _ help: String)
  where Value: RawRepresentable<String> & CaseIterable {
    self.init(
      name, placeholder: placeholder, default: defaultValue, help, facts: [Value.words],
      defaultText: defaultValue.rawValue
    ) { texts throws(UsageError) in try Value.named(texts[texts.count - 1], by: name) }
  }

  /// An option that takes one of a few words, and has no value unless given.
  ///
  /// - Parameters:
  ///   - name: as written after `--`.
  ///   - placeholder: what its value stands for.
  ///   - type: the words.
  ///   - help: one line for `--help`; the words are added to it.
  public init<Word: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, value placeholder: String = "NAME", oneOf type: Word.Type, _ help: String
  ) where Value == Word? {
    self.init(name, placeholder: placeholder, default: nil, help, facts: [Word.words]) { texts throws(UsageError) in
      try Word.named(texts[texts.count - 1], by: name)
    }
  }
}

extension RawRepresentable<String> where Self: CaseIterable {
  fileprivate static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }

  fileprivate static func named(_ text: String, by option: String) throws(UsageError) -> Self {
    guard let value = Self(rawValue: text) else { throw UsageError("--\(option): '\(text)' is none of \(words)") }
    return value
  }
}
