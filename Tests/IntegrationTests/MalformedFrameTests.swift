import BusWire
import Testing

@testable import ProgramSupport

@Suite("A module that breaks the protocol is told how, cut, and announced as lost; nobody else notices", .ownThread)
struct MalformedFrameTests {
  let manager: Manager
  let bystanders: Bystanders

  init() throws {
    manager = try Manager()
    bystanders = try Bystanders(manager.tcp)
  }

  struct Offence: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let code: GoodbyeCode
    let text: String

    init(_ name: String, _ frame: WireFrame, _ code: GoodbyeCode, _ text: String) {
      testDescription = name
      bytes = frame.bytes
      self.code = code
      self.text = text
    }
  }

  private static func declare(type: UInt16 = 5000, name: String = "T", wrongBy: UInt64 = 0) throws -> WireFrame {
    let fields = "a int8 - 1\n"
    return try WireFrame(
      Declare(
        type: type, name: name, sends: true, listens: false, fields: fields,
        fingerprint: FieldList.fingerprint(fields) &+ wrongBy))
  }

  private static let badDeclaration = ": ids are 1 to 65279, names have letters, digits and ._-"

  private static func huge(_ size: UInt32, _ type: UInt16) -> WireFrame {
    var frame = WireFrame(type)
    frame.header.size = size
    return frame
  }

  private static let status = ModuleStatus(
    module: 1, state: .lost, instance: 0, observer: false, pid: 1, name: "led", reason: "")

  static let offences: [Offence] = {
    do {
      return [
        Offence(
          "4 GiB", huge(.max, 5000), .tooLarge,
          "a frame of type 5000 announces 4294967295 bytes of payload, the limit is 4194304"),
        Offence(
          "one byte too much", huge(4_194_305, 5000), .tooLarge,
          "a frame of type 5000 announces 4194305 bytes of payload, the limit is 4194304"),
        Offence(
          "a bus frame of 1 MiB", huge(1 << 20, Declare.frameType.id), .tooLarge,
          "a bus frame of type 65284 announces 1048576 bytes of payload, the limit is 131072"),
        Offence("id 0", WireFrame(0, [1]), .malformed, "frame id 0 means all frames and cannot be sent"),
        Offence(
          "the retained mark", WireFrame(5000, flags: [.retained]), .malformed,
          "a frame of type 5000 has flags that a client may not set: bit 7, or bit 1 without bit 6"),
        Offence(
          "flag bit 7", WireFrame(5000, flags: FrameFlags(rawValue: 0x80)), .malformed,
          "a frame of type 5000 has flags that a client may not set: bit 7, or bit 1 without bit 6"),
        Offence(
          "DECLARE cut off", WireFrame(Declare.frameType.id, [1]), .malformed,
          "bus frame of type 65284: field 'type' needs 2 bytes, the payload has 1 left"),
        Offence(
          "DECLARE with a wrong fingerprint", try declare(wrongBy: 1), .malformed,
          "DECLARE of T: the fingerprint is not that of the field list"),
        Offence(
          "DECLARE of id 0", try declare(type: 0), .malformed, "DECLARE of id 0, name 'T'" + badDeclaration),
        Offence(
          "DECLARE of a bus frame", try declare(type: 0xFF07), .malformed,
          "DECLARE of id 65287, name 'T'" + badDeclaration),
        Offence(
          "DECLARE with a bad name", try declare(name: "a b"), .malformed,
          "DECLARE of id 5000, name 'a b'" + badDeclaration),
        Offence(
          "LISTEN with more entries than bytes", WireFrame(Listen.frameType.id, [255, 0, 0, 0]), .malformed,
          "bus frame of type 65286: field 'entries' announces 255 elements, the payload has 0 bytes left"),
        Offence(
          "LISTEN with too many entries",
          WireFrame(Listen.frameType.id, [1, 16, 0, 0] + [UInt8](repeating: 0, count: 4097 * 6)), .malformed,
          "bus frame of type 65286: field 'entries' has 4097 elements, its schema allows 4096"),
        Offence(
          "LISTEN with a bool of 2", WireFrame(Listen.frameType.id, [1, 0, 0, 0, 1, 0, 0, 2, 0, 0]), .malformed,
          "bus frame of type 65286: field 'LISTEN_ENTRY.any_instance' is a bool and holds 2 instead of 0 or 1"),
        Offence(
          "PING cut off", WireFrame(Ping.frameType.id, [1, 2, 3]), .malformed,
          "bus frame of type 65290: field 'token' needs 8 bytes, the payload has 3 left"),
        Offence(
          "GOODBYE cut off", WireFrame(Goodbye.frameType.id), .malformed,
          "bus frame of type 65283: field 'code' needs 1 bytes, the payload has 0 left"),
        Offence("a second HELLO", try WireFrame(RawClient.hello("again")), .malformed, "HELLO came a second time"),
        Offence(
          "WELCOME",
          try WireFrame(
            Welcome(
              version: 1, module: 1, bus: "", managerVersion: "", payloadBytesMax: 0, queueBytesMax: 0)),
          .notAllowed, "clients may not send bus frames of type 65282"),
        Offence(
          "MODULE_STATUS", try WireFrame(status), .notAllowed, "clients may not send bus frames of type 65287"),
        Offence(
          "SCHEMA without the request mark", WireFrame(0xFF0D), .notAllowed,
          "clients may not send bus frames of type 65293"),
        Offence(
          "an id that the bus does not use", WireFrame(0xFFFF), .notAllowed,
          "clients may not send bus frames of type 65535"),
      ]
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  @Test("each offence has words of its own", arguments: offences)
  func offence(_ offence: Offence) throws {
    let watcher = try RawClient(manager.tcp, "watcher", listen: [.moduleStatus, .type(5000)])
    let before = WireFrame(5000, number: 1)
    for (address, isWhole) in [(manager.tcp, true), (manager.unix, false)] {
      let client = try RawClient(address, "offender")
      #expect(try watcher.expect(ModuleStatus.self).state == .joined)
      let bytes = before.bytes + offence.bytes + WireFrame(5000, number: 2).bytes
      if isWhole {
        try client.send(bytes)
      } else {
        for byte in bytes.prefix(before.bytes.count + min(offence.bytes.count, 64)) { try client.send([byte]) }
        try client.send(Array(bytes.dropFirst(before.bytes.count + 64)))
      }
      // The bus's own frames come first, so what was sent before may come after the news.
      let arrived = try [watcher.next(), watcher.next()]
      #expect(arrived.filter { $0.header.type == 5000 }.map(\.payload) == [before.payload])
      let news = try #require(arrived.first { $0.header.type == ModuleStatus.frameType.id })
      let status = try ModuleStatus(payload: news.payload)
      #expect(status.state == .lost && status.name == "offender")
      #expect(status.reason == offence.text)
      #expect(try client.expectGoodbye(offence.code) == offence.text)
      try watcher.expectNothing()
    }
    try bystanders.exchange()
    try manager.program.waitForLog("event=refused", "module=offender", times: 2)
  }
}
