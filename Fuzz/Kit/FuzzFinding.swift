/// Something that must not come out, whatever goes in.
public struct FuzzFinding: Error, CustomStringConvertible {
  /// What came out.
  public let description: String

  /// - Parameter description: what came out.
  public init(_ description: String) {
    self.description = description
  }
}

/// Makes a finding unless something holds.
public func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(FuzzFinding) {
  if !holds { throw FuzzFinding(what()) }
}
