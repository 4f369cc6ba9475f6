/// Rows of text whose columns stand below each other.
struct Table {
  private var rows: [[String]]

  /// - Parameter headings: one per column; a number's column is aligned to the right.
  init(_ headings: String...) {
    rows = [headings]
  }

  mutating func add(_ cells: String...) {
    rows.append(cells)
  }

  /// The table with its headings.
  func text(_ console: Console) -> String {
    let columns = rows[0].count
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let isNumber = (0..<columns).map { column in rows.dropFirst().allSatisfy { Int($0[column]) != nil } }
    return rows.enumerated().map { index, cells in
      let padded = (0..<columns).map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        if isNumber[column] { return space + cells[column] }
        return column == columns - 1 ? cells[column] : cells[column] + space
      }
      let line = padded.joined(separator: "  ")
      return (index == 0 ? console.styled(line, .heading) : line) + "\n"
    }.joined()
  }
}
