/// The languages that frames can be generated in.
public enum Language: String, CaseIterable, Sendable {
  case swift
}

extension Language {
  /// What writes a model in this language.
  ///
  /// - Parameter module: the module that the text will be part of.
  func renderer(module: String?) -> any Renderer {
    switch self {
    case .swift: SwiftRenderer(module: module)
    }
  }
}
