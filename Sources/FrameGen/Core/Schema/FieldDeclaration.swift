import YAMLText

/// A field of a frame or struct.
struct FieldDeclaration {
  let name: Located<String>
  /// nil if it is missing or malformed, which has been reported.
  var type: Located<TypeExpression>?
  var doc: String?
  var unit: Located<String>?
  var scale: Located<Number>?
  var min: Located<Number>?
  var max: Located<Number>?
  var defaultLiteral: Located<DefaultLiteral>?
}
