/// Something wrong in a file: where it is, what it is, and what to do about it.
public struct Diagnostic: Error, Hashable, Sendable {
  public let position: Position
  public let message: String

  /// - Parameter message: becomes one line, whatever text of the file it quotes.
  public init(_ position: Position, _ message: String) {
    self.position = position
    self.message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// The form that build systems and editors recognise.
  ///
  /// - Parameter path: the file's path as the user wrote it.
  public func text(path: String) -> String {
    "\(path):\(position.line):\(position.column): error: \(message)"
  }
}
