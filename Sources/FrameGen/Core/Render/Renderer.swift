/// Writes a model down as source text. Nothing else in the generator makes text of a language.
protocol Renderer {
  func render(_ model: SchemaModel) -> String
}
