import EvominBridgeProtocol

/// A device that runs this library.
struct RobustFirmware: Firmware {
  private var link: EvominLink
  private var frames = [(id: EvominSendID, frame: EvominFrame)]()

  init(seed: UInt64, settings: EvominSettings = EvominSettings(peer: .framebus)) {
    link = EvominLink(settings, random: EvominRandom(seed: seed))
    link.open(at: 0)
  }

  var deadline: UInt64? { link.deadline }

  mutating func receive(_ byte: UInt8, at now: UInt64) { link.receive(CollectionOfOne(byte), at: now) }

  mutating func poll(at now: UInt64) { link.tick(at: now) }

  mutating func send(_ frame: EvominFrame, at now: UInt64) -> Bool {
    guard let id = try? link.send(frame, at: now) else { return false }
    frames.append((id, frame))
    return true
  }

  mutating func nextEvent() -> FirmwareEvent? {
    while let action = link.nextAction() {
      switch action {
      case .write(let wire): return .write(wire)
      // What a device is asked twice it does twice, as it would with either library.
      case .received(let frame, _): return .received(frame)
      case .acknowledged(let id): if let frame = take(id) { return .acknowledged(frame) }
      case .gaveUp(let id, _): if let frame = take(id) { return .gaveUp(frame) }
      case .sent, .replied: continue
      }
    }
    return nil
  }

  private mutating func take(_ id: EvominSendID) -> EvominFrame? {
    frames.firstIndex { $0.id == id }.map { frames.remove(at: $0).frame }
  }
}
