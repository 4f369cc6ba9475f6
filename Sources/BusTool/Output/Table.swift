/// Rows of text whose columns stand below each other.
struct Table {
  /// A heading, and to which side its column is aligned.
  struct Column {
    let heading: String
    let isRight: Bool

    static func left(_ heading: String) -> Column { Column(heading: heading, isRight: false) }
    /// For numbers.
    static func right(_ heading: String) -> Column { Column(heading: heading, isRight: true) }
  }

  private let columns: [Column]
  private var rows: [[String]]

  init(_ columns: Column...) {
    self.columns = columns
    rows = [columns.map(\.heading)]
  }

  mutating func add(_ cells: String...) {
    rows.append(cells)
  }

  /// The table with its headings.
  func text(_ console: Console) -> String {
    let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.enumerated().map { index, cells in
      let padded = columns.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        if columns[column].isRight { return space + cells[column] }
        return column == columns.count - 1 ? cells[column] : cells[column] + space
      }
      let line = padded.joined(separator: "  ")
      return (index == 0 ? console.styled(line, .heading) : line) + "\n"
    }.joined()
  }
}
