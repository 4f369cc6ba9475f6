import BusWire
import Testing

@testable import BusManagerCore

@Suite("Mismatch")
struct MismatchTests {
  let harness = BrokerHarness()

  private func declare(_ fields: String, sends: Bool = false, listens: Bool = false) -> Declare {
    Declare(
      type: 27, name: "TEMPERATURE", sends: sends, listens: listens, fields: fields,
      fingerprint: FieldList.fingerprint(fields))
  }

  @Test("both sides are told once, each in words of its own")
  func both() throws {
    let sender = try harness.module("thermo", instance: 2)
    let listener = try harness.module("display")
    try sender.send(declare("ambient_temperature int32 degC 0.01", sends: true))
    try listener.send(declare("ambient_temperature int16 degC 0.01\tmin=0", listens: true))
    let there = try #require(try listener.readAll(Mismatch.self).first)
    #expect(there.difference == "ambient_temperature is int16 here and int32 in thermo/2")
    #expect(there.module == sender.source)
    #expect(there.moduleName == "thermo/2")
    #expect(there.fieldsThere == "ambient_temperature int32 degC 0.01")
    let here = try #require(try sender.readAll(Mismatch.self).first)
    #expect(here.difference == "ambient_temperature is int32 here and int16 in display")
    try listener.send(declare("ambient_temperature int16 degC 0.01\tmin=0", listens: true))
    #expect(try listener.readAll(Mismatch.self).isEmpty)
    #expect(try sender.readAll(Mismatch.self).isEmpty)
  }

  @Test("two field lists are compared once, however many modules declare them")
  func memo() throws {
    for number in 0..<40 {
      let sender = try harness.module("s\(number)")
      let listener = try harness.module("l\(number)")
      try sender.send(declare("a int32 - 1", sends: true))
      try listener.send(declare("a int16 - 1", listens: true))
    }
    #expect(harness.broker.holdings.comparisons == 2)
  }

  @Test("a DECLARE that does not fit hundreds is reported in slices: others are served between them")
  func slices() throws {
    let fields = (0..<2000).map { "field_\($0) int16 - 1\tdoc=\($0)" }.joined(separator: "\n")
    let listeners = try (0..<300).map { try harness.module("listener-\($0)") }
    for listener in listeners { try listener.send(declare(fields, listens: true)) }
    let sender = try harness.module("sender")
    let other = try harness.module("other")
    harness.turnsByHand = true
    harness.nextTurn()
    try sender.send(declare(fields + "\nlast int8 - 1", sends: true))
    try sender.send(Ping(token: 7))
    var turns = 0
    var reported = 0
    while harness.broker.isBusy {
      try harness.nextTurn { try other.send(Ping(token: UInt64(turns))) }
      #expect(try other.readAll(Pong.self).map(\.token) == [UInt64(turns)])
      reported += try listeners.reduce(0) { $0 + (try $1.readAll(Mismatch.self).count) }
      _ = sender.read()
      turns += 1
      try #require(turns < 1000)
    }
    #expect(turns > 5)
    #expect(reported == 300)
  }

  @Test("who declares another list that does not fit is told again, also when one that fits came between")
  func again() throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try sender.send(declare("a int32 - 1", sends: true))
    try listener.send(declare("a int16 - 1", listens: true))
    #expect(try sender.readAll(Mismatch.self).count == 1)
    try listener.send(declare("a int32 - 1", listens: true))
    #expect(try sender.readAll(Mismatch.self).isEmpty)
    try listener.send(declare("a int8 - 1", listens: true))
    #expect(try sender.readAll(Mismatch.self).map(\.difference) == ["a is int32 here and int8 in listener"])
    try listener.send(declare("a int8 - 1", sends: true, listens: true))
    #expect(try sender.readAll(Mismatch.self).isEmpty)
  }

  @Test("frames of a mismatched pair still flow")
  func flows() throws {
    let sender = try harness.module("thermo")
    let listener = try harness.module("display")
    try sender.send(declare("a int32 - 1", sends: true))
    try listener.send(declare("a int16 - 1", listens: true))
    try listener.listen(27)
    _ = listener.read()
    sender.send(type: 27, payload: [1, 2, 3, 4])
    #expect(listener.read().map(\.payload) == [[1, 2, 3, 4]])
  }

  @Test("two that only send, or only listen, do not disturb each other")
  func sameSide() throws {
    let first = try harness.module("first")
    let second = try harness.module("second")
    try first.send(declare("a int32 - 1", listens: true))
    try second.send(declare("a int16 - 1", listens: true))
    #expect(try second.readAll(Mismatch.self).isEmpty)
    try second.send(declare("a int16 - 1", sends: true, listens: true))
    #expect(try second.readAll(Mismatch.self).count == 1)
  }

  @Test("whatever a client declares, the words about it fit their frame")
  func hostile() throws {
    let sender = try harness.module("s" + String(repeating: "x", count: 63), instance: 255)
    let listener = try harness.module("l" + String(repeating: "x", count: 63), instance: 255)
    let long = String(repeating: "ä", count: 10_000)
    try sender.send(declare("\(long) \(long)", sends: true))
    try listener.send(declare("\(long) b\(long)", listens: true))
    #expect(try listener.readAll(Mismatch.self).count == 1)
  }
}
