/// Finds what a person probably meant to write.
enum Nearest {
  /// `did you mean 'x'? `, or nothing if no candidate is near.
  static func advice(for word: String, among candidates: [String]) -> String {
    match(for: word, among: candidates).map { "did you mean '\($0)'? " } ?? ""
  }

  /// The candidate with the fewest edits, if they are few for its length.
  static func match(for word: String, among candidates: [String]) -> String? {
    let lowered = word.lowercased()
    let ranked = candidates.map { (name: $0, edits: distance(lowered, $0.lowercased())) }
    guard let best = ranked.min(by: { $0.edits < $1.edits }) else { return nil }
    return best.edits <= Swift.max(1, best.name.utf8.count / 3) ? best.name : nil
  }

  /// Levenshtein's distance: the insertions, removals and replacements between two words.
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8.prefix(Limits.nameBytesMax))
    let right = Array(right.utf8.prefix(Limits.nameBytesMax))
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let replaced = diagonal + (byte == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = Swift.min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
