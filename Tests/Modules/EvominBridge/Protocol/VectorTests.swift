import EvominBridgeProtocol
import Testing

/// The cases that were checked with both libraries.
@Suite("Checked cases")
struct VectorTests {
  @Test("are all there, and each of them is run")
  func count() {
    let kinds = ["encode", "decode", "exchange", "exchange_seq", "session"].map { EvominVector.all($0).count }
    #expect(kinds == [12, 16, 7, 0, 5])
    #expect(kinds.reduce(0, +) == EvominVector.file.count)
    #expect(EvominVector.file.count == 40)
  }

  @Test("of frames are encoded to the same bytes", arguments: EvominVector.all("encode"))
  func encode(_ vector: EvominVector) throws {
    let frame = try EvominFrame(
      EvominCommand(rawValue: #require(vector.command)), Hex.bytes(#require(vector.payloadHex)))
    let wire = Hex.bytes(try #require(vector.wireHex))
    #expect(Array(frame.encoded) == wire)
    #expect(frame.checksum == vector.crc8)
    #expect(frame.encoded.count - 7 - frame.payload.count == vector.stuffBytes)
    for way in Cuts.all(wire) {
      var receiver = EvominReceiver()
      #expect(way.flatMap { receiver.found(in: $0) } == [.frame(frame)])
    }
    var master = EvominMaster(frame)
    var clocked = [UInt8]()
    var received: UInt8?
    // A slave that acknowledges everything and has no reply.
    while let byte = master.next(received: received) {
      clocked.append(byte)
      received = clocked.count == wire.count ? 0xFF : 0
    }
    #expect(clocked == Hex.bytes(try #require(vector.wireMasterSlaveHex)) + [0xFF])
    #expect(master.outcome == .acknowledged(reply: EvominPayload()))
  }

  @Test("of streams give the same frames and answers", arguments: EvominVector.all("decode"))
  func decode(_ vector: EvominVector) throws {
    let wire = Hex.bytes(try #require(vector.wireHex))
    let expected = try #require(vector.expect?.frames).map { try $0.evomin() }
    for way in Cuts.all(wire, chunks: vector.chunks) {
      var receiver = EvominReceiver()
      let frames = (way.flatMap { receiver.found(in: $0) } + receiver.foundAtEnd()).frames
      #expect(frames == expected)
      #expect(receiver.deadline == nil)
      var link = EvominLink.opened()
      var actions = [EvominAction]()
      for piece in way { actions += link.actions(receiving: Array(piece), at: 0) }
      actions += link.run(until: ms(60_000))
      #expect(actions.received == expected)
      #expect(actions.written == Hex.bytes(try #require(vector.expect?.txHex)))
    }
    let intact = try #require(vector.mustDeliver).map { try $0.evomin() }
    #expect(intact.allSatisfy(expected.contains))
  }

  @Test("of exchanges are clocked byte by byte", arguments: EvominVector.all("exchange"), [true, false])
  func exchange(_ vector: EvominVector, python: Bool) throws {
    let pairs = try #require(vector.exchange)
    let frame = try EvominFrame(
      EvominCommand(rawValue: #require(vector.command)), Hex.bytes(#require(vector.payloadHex)))
    var run = ExchangeRun(frame, style: python ? .python : .c, reply: Hex.bytes(try #require(vector.replyHex)))
    run.masterDamage = vector.corruptMasterOut ?? [:]
    run.slaveDamage = vector.corruptSlaveOut ?? [:]
    run.run()
    var master = pairs.compactMap(\.first).compactMap(\.self)
    if !python { master[master.count - 1] = 0x55 }
    #expect(run.masterBytes == master)
    for (index, pair) in pairs.enumerated() {
      if let byte = pair[1] { #expect(run.slaveBytes[index] == byte, "byte \(index)") }
    }
    let expect = try #require(vector.expect)
    #expect(run.slaveFrames == (try #require(expect.slaveFrames).map { try $0.evomin() }))
    if expect.acked == true {
      #expect(run.outcome == .acknowledged(reply: try EvominPayload(Hex.bytes(#require(expect.replyHex)))))
    } else {
      guard case .failed = run.outcome else {
        Issue.record("\(String(describing: run.outcome))")
        return
      }
    }
  }

  @Test("of sessions end with the same outcome after as many transmissions", arguments: EvominVector.all("session"))
  func session(_ vector: EvominVector) throws {
    let injected = (vector.injectAfterTx ?? [:]).mapValues(Hex.bytes)
    let expect = try #require(vector.expect)
    for seed in 0..<20 {
      var link = EvominLink.opened(seed: UInt64(seed))
      let id = try link.send(try #require(vector.send).evomin(), at: 0)
      var actions = link.takeActions()
      var answered = 0
      while let deadline = link.deadline {
        let sent = actions.count { if case .sent = $0 { true } else { false } }
        if sent > answered, let bytes = injected[String(sent)] {
          actions += link.actions(receiving: bytes, at: deadline - ms(500))
        } else {
          link.tick(at: deadline)
          actions += link.takeActions()
        }
        answered = sent
      }
      let wire = Hex.bytes(try #require(vector.frameWireHex))
      #expect(actions.written.occurrences(of: wire) == expect.transmissions)
      #expect(actions.last == (expect.outcome == "acked" ? .acknowledged(id) : .gaveUp(id, .noAnswer)))
      #expect(actions.received.isEmpty)
    }
  }
}

extension [UInt8] {
  fileprivate func occurrences(of part: [UInt8]) -> Int {
    guard count >= part.count else { return 0 }
    return (0...count - part.count).count { self[$0..<$0 + part.count].elementsEqual(part) }
  }
}
