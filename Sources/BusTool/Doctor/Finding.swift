import JSONValue

/// One thing that was looked at: what is seen, and if something is wrong, what that means and what to do.
struct Finding: Equatable {
  enum Grade: String {
    case ok
    /// Worth knowing, but nothing is broken.
    case note
    case problem
  }

  let grade: Grade
  let seen: String
  let meaning: String
  let advice: String

  static func ok(_ seen: String) -> Finding { Finding(grade: .ok, seen: seen, meaning: "", advice: "") }

  static func note(_ seen: String, means meaning: String, do advice: String) -> Finding {
    Finding(grade: .note, seen: seen, meaning: meaning, advice: advice)
  }

  static func problem(_ seen: String, means meaning: String, do advice: String) -> Finding {
    Finding(grade: .problem, seen: seen, meaning: meaning, advice: advice)
  }

  var json: JSON {
    .object([
      .init("grade", .text(grade.rawValue)), .init("seen", .text(seen)), .init("meaning", .text(meaning)),
      .init("advice", .text(advice)),
    ])
  }

  func text(_ console: Console) -> String {
    let style: Console.Style =
      switch grade {
      case .ok: .sender
      case .note: .mark
      case .problem: .error
      }
    let title = grade.rawValue + String(repeating: " ", count: 7 - grade.rawValue.count)
    let first = "\(console.styled(title, style))  \(seen)\n"
    return first + [meaning, advice].filter { !$0.isEmpty }.map { "         \($0)\n" }.joined()
  }
}
