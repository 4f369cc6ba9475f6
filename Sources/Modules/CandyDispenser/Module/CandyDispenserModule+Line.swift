import BusClient
import CandyDispenserProtocol

extension CandyDispenserModule {
  /// Opens the line when it is due, and brings to the host what came from it.
  mutating func turnLine(at now: UInt64) {
    if let reopenAt {
      guard now >= reopenAt else { return }
      self.reopenAt = nil
    }
    handle(line.poll(now: .nanoseconds(now)), at: now)
    let event = line.read(into: &input)
    host.receive(input, at: now)
    input.removeAll(keepingCapacity: true)
    handle(event, at: now)
  }

  private mutating func handle(_ event: SerialLine.Event?, at now: UInt64) {
    switch event {
    case nil: break
    case .opened:
      bus.log(.info, "port_open", ["path": line.path])
      tally.reason = "the port is open"
      isLineStuck = false
      host.portOpened(at: now)
    case .lost(let error):
      bus.log(.warning, "port_lost", ["reason": "\(error)"])
      tally.reason = "\(error)"
      host.portClosed(reason: "\(error)", at: now)
    case .unavailable(let error):
      bus.log(.warning, "no_port", ["reason": "\(error)", "next": "trying again"])
      tally.reason = "\(error)"
    }
  }

  /// Does what the host wants done.
  mutating func carryOut(at now: UInt64) throws {
    while let action = host.nextAction() {
      switch action {
      case .send(let packet): write(packet)
      case .reopen(let seconds):
        line.reopen()
        reopenAt = now + UInt64(seconds) * 1_000_000_000
      case .event(let event): try handle(event)
      }
    }
  }

  /// A line that takes nothing keeps 4 KiB, far more than a host has under way; what is beyond is an answer to a flood.
  private mutating func write(_ packet: CandyPacket) {
    let isTaken = line.write(packet.bytes)
    guard !isTaken, !isLineStuck, line.isOpen else { return }
    isLineStuck = true
    bus.log(.warning, "not_sent", ["path": line.path, "reason": "the dispenser does not read", "next": "look at it"])
  }
}
