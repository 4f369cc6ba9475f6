import BusWire
import Testing

@testable import BusManagerCore

@Suite("Declared schemas")
struct SchemaTests {
  private func declare(_ type: UInt16, _ fields: String, sends: Bool = true) -> Declare {
    Declare(
      type: type, name: "F\(type)", sends: sends, listens: !sends, fields: fields,
      fingerprint: FieldList.fingerprint(fields))
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
