import BusManagerCore
import BusWire
import FuzzKit

/// The payload of a HELLO: the manager answers with WELCOME or GOODBYE, and says nothing to anybody else.
enum HelloFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    let manager = FuzzManager()
    guard let client = manager.connect() else { return }
    manager.feed(FuzzBytes.frame(Hello.frameType.id, Array(input.prefix(8000)))[...], to: client)
    let answers = try manager.read(client)
    try require(answers.count == 1, "\(answers.count) answers to a HELLO")
    try require(
      answers[0] == Welcome.frameType.id || answers[0] == Goodbye.frameType.id, "HELLO is answered by \(answers[0])")
  }
}
