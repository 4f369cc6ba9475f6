/// A place in a file.
public struct Position: Hashable, Comparable, Sendable {
  /// Counts from 1.
  public let line: Int
  /// In characters; counts from 1.
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The first character of a file.
  public static let start = Position(line: 1, column: 1)

  public static func < (left: Position, right: Position) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}
