/// Finds what a person probably meant to write.
enum Nearest {
  /// The candidate with the fewest edits, if they are few for its length.
  static func match(for word: String, among candidates: some Sequence<String>) -> String? {
    let lowered = word.lowercased()
    let ranked = candidates.map { (name: $0, edits: distance(lowered, $0.lowercased())) }
    guard let best = ranked.min(by: { $0.edits < $1.edits }) else { return nil }
    return best.edits <= max(1, best.name.utf8.count / 3) ? best.name : nil
  }

  /// The insertions, removals and replacements between two words.
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right.utf8.prefix(64))
    var row = Array(0...right.count)
    for (index, byte) in left.utf8.prefix(64).enumerated() {
      var diagonal = index
      row[0] = index + 1
      for (column, other) in right.enumerated() {
        let replaced = diagonal + (byte == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
