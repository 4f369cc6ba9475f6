/// Something that must not come out, whatever goes in.
public struct FuzzFinding: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Makes a finding unless something holds.
func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(FuzzFinding) {
  if !holds { throw FuzzFinding(what()) }
}
