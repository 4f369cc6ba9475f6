/// The languages that frames can be generated in.
public enum Language: String, CaseIterable, Sendable {
  case swift
}

/// Writes a model down as source text. Nothing else in the generator makes text of a language.
protocol Renderer {
  func render(_ model: SchemaModel) -> String
}

extension Language {
  /// - Parameter module: the module that the text will be part of.
  func renderer(module: String?) -> any Renderer {
    switch self {
    case .swift: SwiftRenderer(module: module)
    }
  }
}
