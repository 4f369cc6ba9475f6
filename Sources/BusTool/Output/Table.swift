/// Rows of text whose columns stand below each other, in the width of a terminal.
struct Table {
  /// A heading, and what becomes of a column that does not fit.
  struct Column {
    let heading: String
    let isRight: Bool
    var fit = Fit.always

    static func left(_ heading: String, _ fit: Fit = .always) -> Column {
      Column(heading: heading, isRight: false, fit: fit)
    }

    /// For numbers.
    static func right(_ heading: String, _ fit: Fit = .always) -> Column {
      Column(heading: heading, isRight: true, fit: fit)
    }
  }

  enum Fit {
    /// It is shown whole.
    case always
    /// Its cells may be cut.
    case clipped
    /// It may be left out, the last of those first.
    case omitted
  }

  /// What stands in a row of a column.
  enum Cell {
    case text(String)
    /// A list, of which a part may be counted instead of named.
    case names([String])

    fileprivate func text(_ countMax: Int) -> String {
      switch self {
      case .text(let text): Clipped.text(text, countMax)
      case .names(let names): names.isEmpty ? "-" : Clipped.list(names, countMax)
      }
    }
  }

  private let columns: [Column]
  /// The headings, and what was added.
  private var rows: [[Cell]]

  init(_ columns: Column...) {
    self.columns = columns
    rows = [columns.map { .text($0.heading) }]
  }

  mutating func add(_ cells: Cell...) {
    rows.append(cells)
  }

  private static let gap = 2

  /// The table with its headings, as wide as the terminal where the columns allow that, or as it needs.
  func text(_ console: Console) -> String {
    let layout = layout(console.width ?? .max)
    return rows.enumerated().map { index, cells in
      let padded = layout.enumerated().map { position, column in
        let text = cells[column.index].text(column.width)
        let space = String(repeating: " ", count: column.width - text.count)
        if columns[column.index].isRight { return space + text }
        return position == layout.count - 1 ? text : text + space
      }
      let line = padded.joined(separator: String(repeating: " ", count: Self.gap))
      return (index == 0 ? console.styled(line, .heading) : line) + "\n"
    }.joined()
  }

  /// The columns that are shown, each with its width.
  private func layout(_ widthMax: Int) -> [(index: Int, width: Int)] {
    var layout = columns.indices.map { index in
      (index: index, width: rows.map { $0[index].text(.max).count }.max() ?? 0)
    }
    // What a column that may be cut has more than it must.
    let spare = { (index: Int, width: Int) in
      columns[index].fit == .clipped ? max(0, width - columns[index].heading.count - Self.clippedExtra) : 0
    }
    var excess = layout.reduce(-Self.gap) { $0 + $1.width + Self.gap } - widthMax
    while excess > layout.reduce(0, { $0 + spare($1.index, $1.width) }),
      let last = layout.lastIndex(where: { columns[$0.index].fit == .omitted })
    {
      excess -= layout.remove(at: last).width + Self.gap
    }
    // The widest gives way first, so that short names stay whole beside long ones.
    while excess > 0 {
      let clipped = layout.indices.filter { spare(layout[$0].index, layout[$0].width) > 0 }
      guard let widest = clipped.max(by: { layout[$0].width < layout[$1].width }) else { break }
      layout[widest].width -= 1
      excess -= 1
    }
    return layout
  }

  /// What a cut column keeps beside the width of its heading.
  private static let clippedExtra = 2
}

extension Table.Cell: ExpressibleByStringInterpolation {
  init(stringLiteral text: String) { self = .text(text) }
}

/// Text that stays within its column.
enum Clipped {
  static func text(_ text: String, _ countMax: Int) -> String {
    text.count <= countMax ? text : text.prefix(max(0, countMax - 1)) + "…"
  }

  /// As many names as fit, the first of them in any case, and how many more there are.
  static func list(_ names: [String], _ countMax: Int) -> String {
    let all = names.joined(separator: ", ")
    guard all.count > countMax, names.count > 1 else { return text(all, countMax) }
    let short = (1..<names.count).map { count in
      names.prefix(count).joined(separator: ", ") + " and \(names.count - count) more"
    }
    if let fitting = short.last(where: { $0.count <= countMax }) { return fitting }
    let rest = " and \(names.count - 1) more"
    guard rest.count < countMax else { return text("\(names.count) modules", countMax) }
    return text(names[0], countMax - rest.count) + rest
  }
}
