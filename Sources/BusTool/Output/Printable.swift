import BusClient
import BusSchema

/// Text from the bus and from scripts, made safe to show: no character in it moves the cursor, changes the direction of
/// what follows, or cannot be seen.
enum Printable {
  /// The text without quotes; such characters become spaces.
  static func text(_ text: some StringProtocol) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isUnprintable ? " " : $0 }))
  }

  /// The text as a JSON string; such characters are escaped.
  static func quoted(_ text: String) -> String { JSONText.quoted(text) }
}
