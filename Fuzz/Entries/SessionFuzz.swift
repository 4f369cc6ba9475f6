import BusManagerCore
import BusWire
import FuzzKit

/// Conversations of four clients with a manager.
///
/// Each step is a byte, the two lowest bits of which say whose it is, and what the step needs.
enum SessionFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    var input = FuzzInput(input)
    let manager = FuzzManager()
    let clients = (0..<4).compactMap { _ in manager.connect() }
    let greeted = input.byte()
    for (index, client) in clients.enumerated() where greeted & (1 << index) != 0 {
      manager.feed(FuzzBytes.hello("client-\(index)")[...], to: client)
    }
    while !input.isAtEnd { try step(&input, manager, clients) }
    for client in clients { _ = try manager.read(client) }
    // Somebody who is in order is served in order.
    guard let last = manager.connect() else { return }
    manager.feed(FuzzBytes.hello("last")[...], to: last)
    try require(try manager.read(last) == [Welcome.frameType.id], "the manager has stopped to answer")
    for client in clients { manager.close(client) }
  }

  private static func step(
    _ input: inout FuzzInput, _ manager: FuzzManager, _ clients: [SessionID]
  ) throws(FuzzFinding) {
    let step = input.byte()
    let client = clients[Int(step & 3)]
    switch step >> 2 {
    case 0: _ = try manager.read(client)
    case 1: _ = try manager.read(client, bytesMax: Int(input.byte()))
    case 2: manager.close(client)
    case 3: manager.advance(milliseconds: UInt64(input.byte()) * 20)
    case 4: manager.feed(FuzzBytes.listen(UInt16(input.byte()), ModuleStatus.frameType.id)[...], to: client)
    case 5: manager.feed(FuzzBytes.frame(Pong(token: 0))[...], to: client)
    case 6: send(input.byte(), input.byte(), payloadBytes: Int(input.byte()) * 600, manager, client)
    case 7: bus(input.byte(), input.bytes(Int(input.byte())), manager, client)
    case let length: manager.feed(input.bytes(Int(length)), to: client)
    }
  }

  /// A frame in good order, perhaps a large one.
  private static func send(
    _ type: UInt8, _ flags: UInt8, payloadBytes: Int, _ manager: FuzzManager, _ client: SessionID
  ) {
    var flags = FrameFlags(rawValue: flags & 0x7F)
    if !flags.areAllowedToClients { flags.remove(.retained) }
    manager.feed(
      FuzzBytes.frame(UInt16(type), [UInt8](repeating: 7, count: payloadBytes), flags: flags)[...], to: client)
  }

  /// One of the bus's own frames with any payload.
  private static func bus(
    _ type: UInt8, _ payload: ArraySlice<UInt8>, _ manager: FuzzManager, _ client: SessionID
  ) {
    let id = FrameType.firstBusID + UInt16(type & 15)
    let flags: FrameFlags = type & 16 == 0 ? [] : .request
    manager.feed(FuzzBytes.frame(id, Array(payload), flags: flags)[...], to: client)
  }
}
