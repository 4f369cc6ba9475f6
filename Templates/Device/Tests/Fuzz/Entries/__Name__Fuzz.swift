import FuzzKit
import __Name__Protocol

/// What a host reads from its device.
@main enum __Name__Fuzz: FuzzProgram {
  static let targets = [FuzzTarget("__name__", run)]

  /// However the bytes are cut, the same comes out.
  private static func run(_ input: [UInt8]) throws(FuzzFinding) {
    let whole = events([input])
    try require(events(input.map { [$0] }) == whole, "the same bytes mean something else in pieces")
    try require(whole.count <= input.count + 1, "more events than bytes")
  }

  private static func events(_ pieces: [[UInt8]]) -> [__Name__Host.Action] {
    var host = __Name__Host()
    host.open(at: .zero)
    host.tick(at: .zero)
    for piece in pieces { host.receive(piece, at: .zero) }
    var all: [__Name__Host.Action] = []
    while let action = host.nextAction() { all.append(action) }
    return all
  }
}
