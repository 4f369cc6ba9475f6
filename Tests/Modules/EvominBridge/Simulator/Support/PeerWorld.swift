import EvominBridgeProtocol

@testable import EvominBridgeSimulator

/// A link and one of the libraries at the two ends of a line, byte by byte on a clock of their own.
struct PeerWorld {
  private static let byteNanoseconds: UInt64 = 100_000

  /// One direction: bytes arrive one after the other.
  private struct Direction {
    var bytes = [(byte: UInt8, at: UInt64)]()
    var freeAt: UInt64 = 0

    mutating func append(_ byte: UInt8, at now: UInt64) {
      freeAt = max(freeAt, now) + PeerWorld.byteNanoseconds
      bytes.append((byte, freeAt))
    }
  }

  var link: EvominLink
  var peer: any Firmware
  /// Per million, for each byte.
  var errors = 0
  /// Per million, for each acknowledgement of the peer's.
  var lostByPeer = 0
  /// Per million, for each acknowledgement of the link's.
  var lostByLink = 0
  private(set) var now: UInt64 = 0
  private(set) var linkReceived = [EvominFrame]()
  private(set) var peerReceived = [EvominFrame]()
  private(set) var acknowledged = [EvominSendID]()
  private(set) var gaveUp = [EvominSendID]()
  private(set) var peerAcknowledged = 0
  private(set) var duplicates = 0
  private(set) var hangs = 0
  private var toLink = Direction()
  private var toPeer = Direction()
  private var random: EvominRandom

  init(_ peer: any Firmware, kind: EvominPeer, seed: UInt64) {
    self.peer = peer
    link = EvominLink(EvominSettings(peer: kind), random: EvominRandom(seed: seed))
    random = EvominRandom(seed: seed &* 77)
    link.open(at: 0)
    run(until: ms(50))
  }

  mutating func run(until end: UInt64) {
    takeActions()
    takeEvents()
    while let next = [toLink.bytes.first?.at, toPeer.bytes.first?.at, link.deadline, peer.deadline].compactMap({ $0 })
      .min(), next <= end
    {
      now = max(now, next)
      if let first = toLink.bytes.first, first.at <= now {
        toLink.bytes.removeFirst()
        link.receive(CollectionOfOne(first.byte), at: now)
      }
      if let first = toPeer.bytes.first, first.at <= now {
        toPeer.bytes.removeFirst()
        peer.receive(first.byte, at: now)
      }
      link.tick(at: now)
      peer.poll(at: now)
      takeActions()
      takeEvents()
    }
    now = max(now, end)
  }

  /// Somebody starts a library that hangs again; what it wanted to send is gone.
  mutating func restartHungPeer(_ fresh: any Firmware) {
    guard peer.isHung else { return }
    peer = fresh
    hangs += 1
  }

  private mutating func takeActions() {
    while let action = link.nextAction() {
      switch action {
      case .write(let wire):
        if wire.count == 1 && happens(lostByLink) { continue }
        for byte in wire { toPeer.append(carried(byte), at: now) }
      case .received(let frame, let isDuplicate):
        linkReceived.append(frame)
        if isDuplicate { duplicates += 1 }
      case .acknowledged(let id): acknowledged.append(id)
      case .gaveUp(let id, _): gaveUp.append(id)
      case .sent, .replied: continue
      }
    }
  }

  private mutating func takeEvents() {
    while let event = peer.nextEvent() {
      switch event {
      case .write(let wire):
        if wire.count == 1 && happens(lostByPeer) { continue }
        for byte in wire { toLink.append(carried(byte), at: now) }
      case .received(let frame): peerReceived.append(frame)
      case .acknowledged: peerAcknowledged += 1
      case .gaveUp: continue
      }
    }
  }

  private mutating func carried(_ byte: UInt8) -> UInt8 {
    happens(errors) ? byte ^ UInt8.random(in: 1...255, using: &random) : byte
  }

  private mutating func happens(_ perMillion: Int) -> Bool {
    perMillion > 0 && Int.random(in: 0..<1_000_000, using: &random) < perMillion
  }
}
