import BusWire
import Testing

@testable import BusManagerCore

@Suite("Declared schemas")
struct SchemaTests {
  private func declare(
    _ type: UInt16, _ fields: String, sends: Bool = true, properties: FrameProperties = FrameProperties()
  ) -> Declare {
    Declare(type: type, name: "F\(type)", sends: sends, listens: !sends, fields: fields, properties: properties)
  }

  private func schemas(_ client: BrokerClient) throws -> [Schema] {
    client.send(type: Schema.frameType.id, flags: FrameFlags.request.with(.normal))
    try client.send(Ping(token: 1))
    let frames = client.read()
    #expect(frames.last?.header.type == Pong.frameType.id)
    return try frames.compactMap { try $0.decode(Schema.self) }
  }

  @Test("a request for SCHEMA is answered with every field list and its users, before the PONG")
  func users() throws {
    let harness = BrokerHarness()
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try sender.send(declare(9, "a bool - 1"))
    try listener.send(declare(9, "a bool - 1", sends: false))
    try listener.send(declare(10, ""))
    let schemas = try schemas(listener)
    #expect(schemas.map(\.type) == [9, 10])
    #expect(schemas.first?.fields == "a bool - 1")
    #expect(schemas.first?.fingerprint == FieldList.fingerprint("a bool - 1"))
    #expect(
      schemas.first?.users == [
        SchemaUser(module: sender.source, sends: true, listens: false),
        SchemaUser(module: listener.source, sends: false, listens: true),
      ])
  }

  @Test("field lists go with their last user, and another DECLARE of a type replaces the one before")
  func lifetime() throws {
    let harness = BrokerHarness()
    let module = try harness.module("module")
    let watcher = try harness.module("watcher")
    try module.send(declare(9, "a bool - 1"))
    try module.send(declare(9, "b bool - 1"))
    #expect(try schemas(watcher).map(\.fields) == ["b bool - 1"])
    module.close()
    #expect(try schemas(watcher).isEmpty)
  }

  @Test("a DECLARE that neither sends nor listens withdraws the type")
  func withdrawn() throws {
    let harness = BrokerHarness()
    let first = try harness.module("first")
    let second = try harness.module("second")
    try first.send(declare(9, "a bool - 1"))
    try second.send(declare(9, "a bool - 1", sends: false))
    var withdrawal = declare(9, "a bool - 1")
    withdrawal.sends = false
    try first.send(withdrawal)
    #expect(try schemas(second).map(\.users) == [[SchemaUser(module: second.source, sends: false, listens: true)]])
    try second.send(withdrawal)
    #expect(try schemas(second).isEmpty)
    try second.send(withdrawal)
    #expect(harness.broker.holdings.declarations == 0)
    try first.send(declare(9, "a bool - 1"))
    #expect(try schemas(second).map(\.users) == [[SchemaUser(module: first.source, sends: true, listens: false)]])
  }

  @Test("a later DECLARE says anew whether its module sends and listens")
  func replaced() throws {
    let harness = BrokerHarness()
    let module = try harness.module("module")
    try module.send(declare(9, "a bool - 1"))
    try module.send(declare(9, "a bool - 1", sends: false, properties: FrameProperties(retain: 3)))
    let schema = try #require(try schemas(module).first)
    #expect(schema.users == [SchemaUser(module: module.source, sends: false, listens: true)])
    #expect(try schema.properties == FrameProperties(retain: 3))
  }

  @Test("two that differ in properties only share a field list, and no mismatch is reported")
  func properties() throws {
    let harness = BrokerHarness()
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    let job = JobFrames(outcome: 70, accepted: 65)
    try sender.send(
      declare(9, "a bool - 1", properties: FrameProperties(priority: .high, retain: 64, job: job)))
    try listener.send(declare(9, "a bool - 1", sends: false, properties: FrameProperties(retain: 2)))
    let schemas = try schemas(listener)
    #expect(schemas.count == 1)
    #expect(schemas.first?.priority == 0)
    #expect(schemas.first?.retain == 64)
    #expect(schemas.first?.job == "outcome=70 accepted=65")
    #expect(try sender.readAll(Mismatch.self).isEmpty)
  }

  @Test("of different properties the first that somebody declared is said, those of senders first")
  func different() throws {
    let harness = BrokerHarness()
    let listener = try harness.module("listener")
    let plain = try harness.module("plain")
    let first = try harness.module("first")
    let second = try harness.module("second")
    let job = JobFrames(outcome: 70)
    try listener.send(declare(9, "", sends: false, properties: FrameProperties(priority: .high, retain: 9, job: job)))
    try second.send(declare(9, "", properties: FrameProperties(priority: .dataStream, retain: 2)))
    try plain.send(declare(9, ""))
    try first.send(declare(9, "", properties: FrameProperties(retain: 1)))
    let schema = try #require(try schemas(listener).first)
    #expect(try schema.properties == FrameProperties(priority: .dataStream, retain: 1, job: job))
  }

  @Test(
    "a property that means nothing ends its module, with the reason",
    arguments: [
      (UInt8(4), UInt16(0), "", "priority 4"), (1, 1025, "", "the limit of 1024"), (1, 0, "outcome=0", "outcome=ID"),
    ])
  func malformed(priority: UInt8, retain: UInt16, job: String, reason: String) throws {
    let harness = BrokerHarness()
    let module = try harness.module("module")
    var bytes = try declare(9, "").payload().dropLast(1 + 2 + 4)
    bytes.append(priority)
    bytes += withUnsafeBytes(of: retain.littleEndian, Array.init)
    bytes += withUnsafeBytes(of: UInt32(job.utf8.count).littleEndian, Array.init) + Array(job.utf8)
    module.send(type: Declare.frameType.id, payload: Array(bytes))
    let goodbye = try #require(try module.readGoodbye())
    #expect(goodbye.code == .malformed)
    #expect(goodbye.text.contains("F9"))
    #expect(goodbye.text.contains(reason))
    #expect(harness.broker.holdings.declarations == 0)
  }

  @Test("one type over the limit is refused, with the limit")
  func limit() throws {
    var limits = ManagerLimits()
    limits.declarationsMax = 2
    let harness = BrokerHarness(limits: limits)
    let module = try harness.module("module")
    for type in UInt16(1)...3 { try module.send(declare(type, "a bool - 1")) }
    let goodbye = try #require(try module.readGoodbye())
    #expect(goodbye.code == .full)
    #expect(goodbye.text.contains("the limit is 2 types"))
  }
}
