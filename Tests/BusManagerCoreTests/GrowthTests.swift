import BusWire
import Testing

@testable import BusManagerCore

@Suite("What things cost beside many strangers")
struct GrowthTests {
  private func entries(_ types: some Sequence<Int>) -> Listen {
    Listen(
      entries: types.map {
        ListenEntry(type: UInt16($0), instance: 0, anyInstance: true, values: true, requests: true)
      })
  }

  /// How many modules are looked at for frames of 100 types, at first and after others came, listened and went.
  private func looks(strangers: Int) throws -> [Int] {
    let harness = BrokerHarness()
    for stranger in 0..<strangers {
      let client = try harness.module("stranger-\(stranger)")
      try client.send(entries((0..<200).map { 1000 + (stranger * 200 + $0) % 60_000 }))
    }
    let receiver = try harness.module("receiver")
    try receiver.send(entries(1...100))
    let sender = try harness.module("sender")
    var looks: [Int] = []
    func sendAll() {
      let before = harness.broker.holdings.looks
      for type in UInt16(1)...100 { sender.send(type: type) }
      looks.append(harness.broker.holdings.looks - before)
      #expect(receiver.read().count == 100)
    }
    sendAll()
    sendAll()
    let other = try harness.module("other")
    try other.send(entries([1, 2, 3, 2000]))
    sendAll()
    try other.send(entries([3, 4, 3000]))
    sendAll()
    other.close()
    sendAll()
    _ = try harness.module("silent")
    sendAll()
    return looks
  }

  @Test("a join, a LISTEN and a leave cost what their own entries do, a frame what its receivers do")
  func flat() throws {
    let few = try looks(strangers: 3)
    // One look for each type; for those that changed, one for each who listens then.
    #expect(few == [100, 0, 6, 4, 2, 0])
    #expect(try looks(strangers: 500) == few)
  }

  @Test("more kinds of frames than there is room for at first are all worked out once")
  func manyTypes() throws {
    let harness = BrokerHarness()
    let receiver = try harness.module("receiver")
    try receiver.send(entries(1...4000))
    let sender = try harness.module("sender")
    for _ in 0..<3 {
      for type in UInt16(1)...4000 { sender.send(type: type) }
      #expect(receiver.read().count == 4000)
    }
    #expect(harness.broker.holdings.looks == 4000)
  }

  @Test("routes stay right while those who listen come and go at random")
  func model() throws {
    let harness = BrokerHarness()
    var random = SystemRandomNumberGenerator()
    let sender = try harness.module("sender")
    var clients: [(client: BrokerClient, set: ListenSet)] = []
    for round in 0..<600 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        clients.append((try harness.module("m\(round)"), ListenSet()))
      case 1 where !clients.isEmpty:
        clients.remove(at: Int.random(in: 0..<clients.count, using: &random)).client.close()
      default:
        guard !clients.isEmpty else { continue }
        let index = Int.random(in: 0..<clients.count, using: &random)
        let entries = (0..<Int.random(in: 0..<4, using: &random)).map { _ in
          ListenEntry(
            type: UInt16.random(in: 0...6, using: &random), instance: UInt8.random(in: 0...1, using: &random),
            anyInstance: Bool.random(using: &random), values: Bool.random(using: &random),
            requests: Bool.random(using: &random))
        }
        try clients[index].client.send(Listen(entries: entries))
        clients[index].set = ListenSet(entries)
      }
      let type = UInt16.random(in: 1...7, using: &random)
      let instance = UInt8.random(in: 0...1, using: &random)
      let isRequest = Bool.random(using: &random)
      sender.send(
        type: type, flags: (isRequest ? FrameFlags.request : []).with(.normal), instance: instance,
        sequence: UInt32(round))
      for (client, set) in clients {
        let got = client.read().contains { $0.header.type == type && $0.header.sequence == UInt32(round) }
        #expect(got == set.accepts(type: type, instance: instance, isRequest: isRequest))
      }
    }
  }

  @Test("an observer gets the requests of what it looks at, whatever its entries say")
  func observer() throws {
    let harness = BrokerHarness()
    let sender = try harness.module("sender")
    let observer = try harness.module("observer", observer: true)
    try observer.listen(5, values: false, requests: false)
    sender.send(type: 5)
    sender.send(type: 5, flags: FrameFlags.request.with(.normal))
    #expect(observer.read().map { $0.header.flags.contains(.request) } == [true])
  }
}
