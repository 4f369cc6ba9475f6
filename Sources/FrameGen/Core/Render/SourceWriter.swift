/// Collects indented lines of source text.
struct SourceWriter {
  private(set) var text = ""
  private var indentation = ""

  /// Appends a line; an empty one gets no spaces.
  mutating func line(_ line: String = "") {
    text += line.isEmpty ? "\n" : "\(indentation)\(line)\n"
  }

  /// Appends `head {`, what `body` writes one step further in, and `}`.
  mutating func block(_ head: String, _ body: (inout SourceWriter) -> Void) {
    let before = text
    line("\(head) {")
    let empty = text.utf8.count
    indented(body)
    if text.utf8.count == empty {
      text = before
      line("\(head) {}")
    } else {
      line("}")
    }
  }

  /// Appends what `body` writes, one step further in.
  mutating func indented(_ body: (inout SourceWriter) -> Void) {
    let before = indentation
    indentation += "  "
    body(&self)
    indentation = before
  }
}
