import EvominBridgeProtocol
import EvominBridgeSimulator

/// A link and a simulated device on one line.
struct DeviceWorld {
  private(set) var link: EvominLink
  var device: EvominSimulator
  private(set) var acknowledged = 0
  private(set) var gaveUp = 0
  private(set) var now: UInt64 = 0

  init(_ firmware: EvominFirmware, seed: UInt64) {
    link = EvominLink(random: EvominRandom(seed: seed))
    device = EvominSimulator(firmware: firmware, seed: seed)
    link.open(at: 0)
    settle()
  }

  /// Sends a command and waits until nothing is expected any more.
  mutating func command(_ command: EvominCommand, _ payload: [UInt8]) throws {
    _ = try link.send(EvominFrame(command, payload), at: now)
    settle()
  }

  private mutating func settle() {
    while true {
      move()
      guard let next = [link.deadline, device.deadline].compactMap({ $0 }).min() else { return }
      now = max(now, next)
      link.tick(at: now)
      device.tick(at: now)
    }
  }

  /// Carries bytes to and fro until there are no more.
  private mutating func move() {
    var isMoving = true
    while isMoving {
      let toDevice = takeActions()
      if !toDevice.isEmpty { device.receive(toDevice, at: now) }
      var toLink = [UInt8]()
      while let wire = device.nextOutput() { toLink += wire }
      if !toLink.isEmpty { link.receive(toLink, at: now) }
      isMoving = !toDevice.isEmpty || !toLink.isEmpty
    }
  }

  private mutating func takeActions() -> [UInt8] {
    var bytes = [UInt8]()
    while let action = link.nextAction() {
      switch action {
      case .write(let wire): bytes += wire
      case .acknowledged: acknowledged += 1
      case .gaveUp: gaveUp += 1
      case .sent, .received, .replied: continue
      }
    }
    return bytes
  }
}
