/// Something that is fed with bytes from outside.
public struct FuzzTarget: Sendable, CustomStringConvertible {
  /// As in `TARGET=session`; its inputs are in folders of this name.
  public let name: String
  /// Feeds it. It throws a `FuzzFinding` if what comes out is wrong, and traps if something traps.
  public let run: @Sendable (_ input: [UInt8]) throws(FuzzFinding) -> Void

  /// - Parameters:
  ///   - name: lower case, with hyphens.
  ///   - run: feeds it; throws a `FuzzFinding` if what comes out is wrong.
  public init(_ name: String, _ run: @escaping @Sendable (_ input: [UInt8]) throws(FuzzFinding) -> Void) {
    self.name = name
    self.run = run
  }

  /// The name.
  public var description: String { name }
}
