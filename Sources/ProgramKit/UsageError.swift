/// What is wrong with the arguments of a program, in one line. A program that throws it ends with exit code 2.
public struct UsageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, and what would be right.
  public let description: String

  /// - Parameter description: such as `--sim and --port exclude each other`.
  public init(_ description: String) { self.description = description }
}
