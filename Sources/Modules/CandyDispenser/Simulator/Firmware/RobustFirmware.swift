import CandyDispenserProtocol

/// The dispenser of the protocol library, with the simulated machine as its pins.
struct RobustFirmware: BoardFirmware {
  private var dispenser = CandyDispenser()

  var deadline: UInt64? { dispenser.deadline }

  mutating func receive(_ bytes: [UInt8], _ parts: inout MachineParts, at now: UInt64) {
    // One by one, as they come over a line: nothing waits until it is refused.
    for byte in bytes {
      dispenser.receive(CollectionOfOne(byte), at: now)
      act(&parts, at: now)
    }
  }

  mutating func happened(_ event: CandyMechanics.Event, _ parts: inout MachineParts, at now: UInt64) {
    switch event {
    case .candyFell: dispenser.candyFell(at: now)
    case .handCame: dispenser.trayBeam(isBroken: true, at: now)
    case .handWent: dispenser.trayBeam(isBroken: false, at: now)
    }
    act(&parts, at: now)
  }

  mutating func step(_ parts: inout MachineParts, at now: UInt64) {
    dispenser.tick(at: now)
    act(&parts, at: now)
  }

  private mutating func act(_ parts: inout MachineParts, at now: UInt64) {
    while let action = dispenser.nextAction() {
      switch action {
      case .send(let packet): parts.line.send(packet.bytes, at: now)
      case .startMotor: parts.mechanics.startMotor(at: now)
      case .stopMotor: parts.mechanics.stopMotor(at: now)
      case .refused: break
      }
    }
  }
}
