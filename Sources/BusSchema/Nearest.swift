/// Finds what a person probably meant to write.
package enum Nearest {
  /// `did you mean 'x'? `, or nothing if no candidate is near.
  package static func advice(for word: String, among candidates: some Sequence<String>) -> String {
    match(for: word, among: candidates).map { "did you mean '\($0)'? " } ?? ""
  }

  /// The candidate with the fewest edits, if they are few for its length.
  package static func match(for word: String, among candidates: some Sequence<String>) -> String? {
    let lowered = word.lowercased()
    let ranked = candidates.map { (name: $0, edits: distance(lowered, $0.lowercased())) }
    guard let best = ranked.min(by: { $0.edits < $1.edits }) else { return nil }
    return best.edits <= max(1, best.name.utf8.count / 3) ? best.name : nil
  }

  /// Longer words are compared by their beginnings.
  private static let wordBytesMax = 64

  /// The insertions, removals, replacements and swaps of neighbours between two words.
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8.prefix(Self.wordBytesMax))
    let right = Array(right.utf8.prefix(Self.wordBytesMax))
    var rows = [Array(0...right.count)]
    for (index, byte) in left.enumerated() {
      let above = rows[index]
      var row = [index + 1]
      for (column, other) in right.enumerated() {
        let replaced = above[column] + (byte == other ? 0 : 1)
        row.append(min(replaced, row[column] + 1, above[column + 1] + 1))
        if index > 0, column > 0, byte == right[column - 1], left[index - 1] == other {
          row[column + 1] = min(row[column + 1], rows[index - 1][column - 1] + 1)
        }
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
