import EvominBridgeProtocol
import Testing

@testable import EvominBridgeSimulator

/// A link against the two libraries as they really behave.
@Suite("A link and a library")
struct PeerTests {
  private static let frames = 45

  static func world(_ library: EvominPeer, seed: UInt64) -> PeerWorld {
    PeerWorld(firmware(library), kind: library, seed: seed)
  }

  private static func firmware(_ library: EvominPeer) -> any Firmware {
    library == .c ? CFirmware() : PythonFirmware(commands: allCommands)
  }

  /// Both ends send at the same moment, 45 times; each time all attempts are waited for.
  private static func collide(_ world: inout PeerWorld, _ library: EvominPeer) throws {
    for index in 0..<frames {
      let start = ms(100) + UInt64(index) * ms(20_000)
      world.run(until: start)
      world.restartHungPeer(firmware(library))
      _ = world.peer.send(try EvominFrame(0x20, [UInt8(index), 0xAA, 0xAA, 0xFF, 1]), at: start)
      // The Python library waits a second before it sends at all.
      let send = library == .c ? start : start + ms(1000)
      world.run(until: send - 1)
      _ = try world.link.send(EvominFrame(0x21, [UInt8(index), 0xFF, 0xAA, 0xAA]), at: send)
    }
    world.run(until: world.now + ms(30_000))
  }

  @Test("get every frame through although all first attempts collide", arguments: [EvominPeer.c, .python], 0..<10)
  func collisions(_ library: EvominPeer, seed: Int) throws {
    var world = Self.world(library, seed: UInt64(seed))
    try Self.collide(&world, library)
    #expect(world.acknowledged.count == Self.frames)
    #expect(world.gaveUp.isEmpty)
    #expect(Set(world.peerReceived.map { $0.payload[0] }).count == Self.frames)
    #expect(Set(world.linkReceived.map { $0.payload[0] }).count == Self.frames)
  }

  @Test("lose nothing unseen when a few bytes are wrong as well", arguments: [EvominPeer.c, .python])
  func errors(_ library: EvominPeer) throws {
    var sent = 0
    var arrived = 0
    var gaveUp = 0
    var cameIn = 0
    var hangs = 0
    var mistaken = 0
    for seed in 0..<20 {
      var world = Self.world(library, seed: UInt64(100 + seed))
      world.errors = 3000
      try Self.collide(&world, library)
      sent += Self.frames
      arrived += Set(world.peerReceived.filter { $0.command == 0x21 }.map { $0.payload.first }).count
      cameIn += Set(world.linkReceived.filter { $0.command == 0x20 }.map { $0.payload.first }).count
      gaveUp += world.gaveUp.count
      hangs += world.hangs
      let received = Set(world.peerReceived.compactMap { $0.payload.first }.map { UInt64($0) + 1 })
      mistaken += world.acknowledged.count { !received.contains($0.rawValue) }
      #expect(world.acknowledged.count + world.gaveUp.count == Self.frames)
    }
    print(
      "evoMIN against \(library): of \(sent), \(arrived) arrived, \(gaveUp) given up, \(cameIn) came in, \(mistaken) acknowledged by noise, \(hangs) hangs"
    )
    // Noise that looks like an acknowledgement cannot be told from one.
    #expect(mistaken <= 2)
    #expect(arrived + gaveUp + mistaken >= sent)
    // A library that hangs takes one frame of either direction with it.
    #expect(arrived >= sent - sent / 50 - hangs)
    #expect(cameIn >= sent - sent / 50 - hangs)
  }

  @Test("repeat when acknowledgements are lost, and the repetitions are marked", arguments: [EvominPeer.c, .python])
  func lostAcknowledgements(_ library: EvominPeer) throws {
    var world = Self.world(library, seed: 5)
    world.lostByLink = 300_000
    world.lostByPeer = 300_000
    for index in 0..<Self.frames {
      let start = ms(100) + UInt64(index) * ms(30_000)
      world.run(until: start)
      _ = world.peer.send(try EvominFrame(0x20, [UInt8(index)]), at: start)
      world.run(until: start + ms(12_000))
      _ = try world.link.send(EvominFrame(0x21, [UInt8(index)]), at: start + ms(12_000))
    }
    world.run(until: world.now + ms(30_000))
    #expect(world.acknowledged.count + world.gaveUp.count == Self.frames)
    #expect(world.gaveUp.count < 6)
    #expect(world.peerReceived.count > Self.frames)
    #expect(Set(world.peerReceived.map { $0.payload[0] }).count == Self.frames)
    #expect(Set(world.linkReceived.map { $0.payload[0] }).count == Self.frames)
    #expect(world.linkReceived.count - world.duplicates == Self.frames)
    #expect(world.duplicates >= (library == .c ? Self.frames - 2 : 8))
  }

  @Test("get frames through one after the other, however they end", arguments: [EvominPeer.c, .python])
  func inARow(_ library: EvominPeer) throws {
    var world = Self.world(library, seed: 6)
    for index in 0..<Self.frames {
      _ = try world.link.send(
        EvominFrame(0xAA, [UInt8(index)] + [UInt8](repeating: 0xAA, count: index % 5)), at: world.now)
      world.run(until: world.now + ms(20))
    }
    #expect(world.acknowledged.count == Self.frames)
    #expect(world.peerReceived.count == Self.frames)
    #expect(world.link.counters.retries == 0)
  }
}
