import EvominBridgeProtocol

@testable import EvominBridgeSimulator

/// Every command there can be.
let allCommands = Set((0...255).map { EvominCommand(rawValue: UInt8($0)) })

extension Firmware {
  mutating func takeEvents() -> [FirmwareEvent] {
    var events = [FirmwareEvent]()
    while let event = nextEvent() { events.append(event) }
    return events
  }

  mutating func events(receiving bytes: some Sequence<UInt8>, at now: UInt64 = 0) -> [FirmwareEvent] {
    for byte in bytes { receive(byte, at: now) }
    return takeEvents()
  }
}

extension [FirmwareEvent] {
  var written: [UInt8] {
    flatMap { event -> [UInt8] in
      guard case .write(let wire) = event else { return [] }
      return [UInt8](wire)
    }
  }

  var received: [EvominFrame] {
    compactMap { event in
      guard case .received(let frame) = event else { return nil }
      return frame
    }
  }
}
