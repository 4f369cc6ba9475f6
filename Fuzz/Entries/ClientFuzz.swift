import BusClient
import BusWire
import FrameCases
import FuzzKit

/// What a client reads: the first byte says whether a WELCOME comes first, then each step is a byte and what it needs.
enum ClientFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    var input = FuzzInput(input)
    let link = FuzzLink()
    if input.byte() & 1 == 0 { link.greeting = FuzzBytes.welcome }
    var configuration = BusConfiguration(name: "fuzz")
    configuration.address = .tcp(host: "fuzz", port: 1)
    configuration.log = Log(level: .debug) { _ in }
    guard let bus = try? Bus(configuration, link: link) else { return }
    bus.listen(for: .all)
    try? bus.connectOnce()
    while !input.isAtEnd { try step(&input, bus, link) }
    try take(bus, .max)
    bus.stop()
  }

  private static func step(_ input: inout FuzzInput, _ bus: Bus, _ link: FuzzLink) throws(FuzzFinding) {
    switch input.byte() {
    case 0: try take(bus, 1)
    case 1: try take(bus, .max)
    case 2: link.advance(milliseconds: Int(input.byte()) * 20)
    case 3: link.pieceBytes = max(1, Int(input.byte()))
    case 4: link.takesFrames = input.byte() & 1 == 0
    case 5: bus.listen(for: FrameType(id: UInt16(input.byte())), Schema.frameType)
    case 6: try? bus.barrier(timeout: .milliseconds(10))
    case 7: _ = try? bus.ask(FrameType(id: UInt16(input.byte())), timeout: .milliseconds(10))
    case 8: link.close()
    case 9: link.toClient += FuzzBytes.frame(UInt16(input.byte()), [UInt8](repeating: 3, count: 300_000))
    case 10:
      let id = FrameType.firstBusID + UInt16(input.byte() & 15)
      link.toClient += FuzzBytes.frame(id, Array(input.bytes(Int(input.byte()))))
    case let length: link.toClient += input.bytes(Int(length))
    }
  }

  /// Takes frames out; they must be some that a client is to see.
  private static func take(_ bus: Bus, _ count: Int) throws(FuzzFinding) {
    var left = count
    while left > 0, bus.hasData {
      left -= 1
      guard let frame = try? bus.getData() else { throw FuzzFinding("hasData is true, and there is no data") }
      try require(frame.header.type != 0, "a frame of type 0")
      try require(frame.payload.count == Int(frame.header.size), "a payload of another size than its header says")
      _ = try? frame.decode(Schema.self)
    }
  }
}
