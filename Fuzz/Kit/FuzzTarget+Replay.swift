import TestSupport

extension FuzzTarget {
  /// Feeds it once more with every input that was kept, without libFuzzer.
  ///
  /// - Parameter folder: from the package's root: where `Corpus` and `Failures` are.
  /// - Returns: how many inputs the corpus has.
  /// - Throws: `FuzzFinding` with the path of the input.
  public func replay(from folder: String) throws -> Int {
    let corpus = try Fixture.files("\(folder)/Corpus/\(name)")
    for path in try corpus + Fixture.files("\(folder)/Failures/\(name)") {
      let input = try Fixture.bytes(path)
      do throws(FuzzFinding) {
        try run(input)
      } catch {
        throw FuzzFinding("\(path): \(error)")
      }
    }
    return corpus.count
  }
}
