import BlenderProtocol
import FuzzKit

/// What a module reads from the Arduino dispenser.
@main enum BlenderFuzz: FuzzProgram {
  static let targets = [FuzzTarget("dispenser", scan)]

  /// However the bytes are cut, the same comes out.
  private static func scan(_ input: [UInt8]) throws(FuzzFinding) {
    let whole = messages([input])
    try require(messages(input.map { [$0] }) == whole, "the same bytes mean something else in pieces")
    try require(whole.count <= input.count / 2, "more messages than there is room for")
  }

  private static func messages(_ pieces: [[UInt8]]) -> [DispenserMessage] {
    var scanner = DispenserScanner()
    return pieces.flatMap { scanner.receive($0, at: .zero) }
  }
}
