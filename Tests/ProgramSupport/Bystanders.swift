import BusSystem
import BusWire
import Testing

/// Two modules that talk to each other and must notice nothing of what the others do.
final class Bystanders {
  private static let type: UInt16 = 60_000
  private let speaker: RawClient
  private let listener: RawClient
  private var number: UInt32 = 0

  init(_ address: BusAddress) throws {
    listener = try RawClient(address, "bystander-listener", listen: [.values(Self.type)])
    speaker = try RawClient(address, "bystander-speaker")
    try exchange()
  }

  /// A frame goes through, and nothing else arrives.
  func exchange(_ location: SourceLocation = #_sourceLocation) throws {
    number += 1
    try speaker.send(WireFrame(Self.type, number: number))
    let frame = try listener.next()
    #expect(frame.header.type == Self.type && frame.number == number, sourceLocation: location)
    #expect(frame.header.source == speaker.id, sourceLocation: location)
    try speaker.expectNothing()
    try listener.expectNothing()
  }
}
