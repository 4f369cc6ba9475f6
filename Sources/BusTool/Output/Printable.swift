/// Text from the bus that is shown without quotes: what a terminal would obey becomes a space.
enum Printable {
  static func text(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
    return String(String.UnicodeScalarView(scalars))
  }
}
