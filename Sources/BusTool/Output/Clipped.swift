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
    return text(names[0], max(1, countMax - rest.count)) + rest
  }
}
