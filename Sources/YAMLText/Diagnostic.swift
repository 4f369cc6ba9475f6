/// A place in a file.
public struct Position: Hashable, Comparable, Sendable {
  /// The file's path as the user wrote it.
  public let file: String
  /// Counts from 1.
  public let line: Int
  /// In characters; counts from 1.
  public let column: Int

  /// - Parameters:
  ///   - file: the file's path as the user wrote it.
  ///   - line: counts from 1.
  ///   - column: in characters; counts from 1.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// The first character of a file.
  ///
  /// - Parameter file: the file's path as the user wrote it.
  public static func start(of file: String) -> Position { Position(file: file, line: 1, column: 1) }

  /// Orders places of one file from top to bottom.
  public static func < (left: Position, right: Position) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }

  /// The form that build systems and editors recognise: `FILE:LINE:COLUMN`.
  public var text: String { "\(file):\(line):\(column)" }

  /// Where this is, for a message about another place: `in line 7`, or `at FILE:LINE:COLUMN` if that is another file.
  package func text(seenFrom other: Position) -> String {
    file == other.file ? "in line \(line)" : "at \(text)"
  }
}

/// A value and the place in the file that it was read from.
package struct Located<Value> {
  /// What was read.
  package let value: Value
  /// Where it starts.
  package let position: Position

  /// A value from a place.
  package init(_ value: Value, _ position: Position) {
    self.value = value
    self.position = position
  }
}

extension Located: Equatable where Value: Equatable {}

/// Something wrong in a file: where it is, what it is, and what to do about it.
public struct Diagnostic: Error, Hashable, Sendable {
  /// Where it is wrong.
  public let position: Position
  /// One line without the place.
  public let message: String

  /// - Parameter message: becomes one line, whatever text of the file it quotes.
  public init(_ position: Position, _ message: String) {
    self.position = position
    self.message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// The form that build systems and editors recognise.
  public var text: String { "\(position.text): error: \(message)" }
}
