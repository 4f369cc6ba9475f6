import EvominBridgeProtocol
import Testing

@Suite("An exchange")
struct ExchangeTests {
  private static let frame = EvominFrame(0x22)

  @Test("gives back any reply", arguments: [0, 1, 2, 49, 50])
  func replies(_ count: Int) throws {
    let reply = (0..<count).map { UInt8(255 - $0) }
    var run = ExchangeRun(Self.frame, reply: reply)
    run.run()
    #expect(run.outcome == .acknowledged(reply: try EvominPayload(reply)))
    #expect(run.slaveFrames == [Self.frame])
  }

  @Test(
    "works again and again on one slave, whatever the master's last byte is",
    arguments: [
      EvominMasterStyle.python, .c, .toPythonSlave,
    ])
  func again(_ style: EvominMasterStyle) throws {
    var slave = EvominSlave()
    for index in 0..<20 {
      let frame = try EvominFrame(EvominCommand(rawValue: UInt8(index)), [0xAA, 0xAA, UInt8(index)])
      var run = ExchangeRun(frame, style: style, reply: Array(repeating: 0xFF, count: index % 3))
      run.slave = slave
      run.run()
      #expect(run.outcome == .acknowledged(reply: try EvominPayload(Array(repeating: 0xFF, count: index % 3))))
      slave = run.slave
    }
    #expect(slave.counters.frames == 20)
  }

  @Test("has one more byte for slaves of the Python library")
  func extraByte() {
    var plain = ExchangeRun(Self.frame, style: .python)
    plain.run()
    var extra = ExchangeRun(Self.frame, style: .toPythonSlave)
    extra.run()
    #expect(extra.masterBytes == plain.masterBytes + [0xF0])
  }

  @Test("with a longer reply than there may be is clocked to its end and refused")
  func replyTooLong() {
    var master = EvominMaster(Self.frame, replyBytesMax: 10)
    var sent = [UInt8]()
    var received: UInt8?
    // A line that nobody drives is high: it acknowledges everything.
    while let byte = master.next(received: received) {
      sent.append(byte)
      received = 0xFF
    }
    #expect(sent.count == 6 + 2 + 255 + 1)
    #expect(master.outcome == .failed(.replyTooLong(bytes: 255)))
  }

  @Test("with nobody there fails")
  func nobody() {
    var master = EvominMaster(Self.frame)
    var received: UInt8?
    while master.next(received: received) != nil { received = 0 }
    #expect(master.outcome == .failed(.noAnswer))
  }

  @Test(
    "whose acknowledgement or length is lost leaves the slave ready for the next",
    arguments: [
      EvominMasterStyle.python, .c,
    ], [6, 7])
  func lostAnswer(_ style: EvominMasterStyle, byte: Int) throws {
    for reply in [[], [0x01, 0x02] as [UInt8]] {
      var run = ExchangeRun(Self.frame, style: style, reply: reply)
      // The answer to the first end byte, or the length.
      run.slaveDamage = [String(byte): 0x01]
      run.run()
      var next = ExchangeRun(EvominFrame(0x33), style: style)
      next.slave = run.slave
      next.run()
      #expect(next.outcome == .acknowledged(reply: EvominPayload()))
    }
  }

  @Test("is refused for a wrong checksum, and the application does not see it")
  func refused() {
    var run = ExchangeRun(Self.frame)
    run.masterDamage = ["3": 0x01]
    run.run()
    #expect(run.outcome == .failed(.refused))
    #expect(run.slaveFrames.isEmpty)
    #expect(run.slave.counters.checksumErrors == 1)
  }

  @Test("works behind noise, and after a broken exchange when the slave is deselected")
  func noise() throws {
    var slave = EvominSlave()
    for byte: UInt8 in [0x00, 0xAA, 0x55, 0xAA, 0xAA, 0x12] { _ = slave.next(received: byte) }
    for byte: UInt8 in [0xAA, 0xAA, 0xAA, 0x10, 0x30, 0x01] { _ = slave.next(received: byte) }
    slave.reset()
    var run = ExchangeRun(Self.frame)
    run.slave = slave
    run.run()
    #expect(run.outcome == .acknowledged(reply: EvominPayload()))
  }

  @Test("has a reply only between the frame and the first end byte")
  func replyInTime() throws {
    var slave = EvominSlave()
    #expect(throws: EvominError.nothingToReplyTo) { try slave.reply([1]) }
    for byte in Self.frame.encoded.dropLast() { _ = slave.next(received: byte) }
    #expect(slave.takeFrame() == Self.frame)
    #expect(slave.takeFrame() == nil)
    #expect(throws: EvominError.tooLong(bytes: 51, bytesMax: 50)) { try slave.reply([UInt8](repeating: 0, count: 51)) }
    try slave.reply([7])
    #expect(slave.next(received: 0x55) == 1)
    #expect(throws: EvominError.nothingToReplyTo) { try slave.reply([1]) }
    #expect(slave.next(received: 0x55) == 7)
  }

  @Test("is tried three times, then the frame is given up")
  func attempts() throws {
    var link = EvominMasterLink(random: EvominRandom(seed: 1))
    let first = try link.send(Self.frame, at: 0)
    let second = try link.send(Self.frame, at: 0)
    var actions = [EvominAction]()
    var times = [UInt64]()
    while times.count < 3, let now = link.deadline {
      let exchange = link.nextExchange(at: now)
      #expect(exchange != nil && exchange?.outcome == nil)
      let second = link.nextExchange(at: now)
      #expect(second == nil)
      times.append(now)
      link.finish(.failed(.refused), at: now)
      while let action = link.nextAction() { actions.append(action) }
    }
    #expect(times[1] >= ms(1000) && times[2] >= times[1] + ms(1000))
    #expect(
      actions == [
        .sent(first, attempt: 1), .sent(first, attempt: 2), .sent(first, attempt: 3), .gaveUp(first, .refused),
      ])
    link.close(at: times[2])
    #expect(link.nextAction() == .gaveUp(second, .lineLost))
    #expect(throws: EvominError.closed) { try link.send(Self.frame, at: 0) }
  }
}
