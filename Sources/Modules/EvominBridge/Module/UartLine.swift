import BusClient
import EvominBridgeProtocol

/// A UART, at which both ends send when they like.
final class UartLine: DeviceLine {
  private var port: SerialLine
  private var link: EvominLink
  private var events = [LineEvent]()
  private var input = [UInt8]()
  private var isStuck = false

  init(_ port: consuming SerialLine, _ settings: EvominSettings, random: EvominRandom) {
    self.port = port
    link = EvominLink(settings, random: random)
  }

  var path: String { port.path }
  var isOpen: Bool { port.isOpen }
  var waitingFrames: Int { link.waitingFrames }
  var payloadBytesMax: Int { link.settings.payloadBytesMax }
  var counters: EvominLinkCounters { link.counters }
  var deadline: UInt64? { link.deadline }
  var descriptor: FileDescriptor? { port.descriptor }

  func turn(at now: UInt64) {
    handle(port.poll(now: .nanoseconds(now)), at: now)
    let event = port.read(into: &input)
    link.receive(input, at: now)
    input.removeAll(keepingCapacity: true)
    handle(event, at: now)
    link.tick(at: now)
  }

  func send(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID {
    try link.send(frame, at: now)
  }

  func nextEvent() -> LineEvent? {
    while true {
      if !events.isEmpty { return events.removeFirst() }
      guard let action = link.nextAction() else { return nil }
      guard case .write(let wire) = action else { return .link(action) }
      write(wire)
    }
  }

  func close(at now: UInt64) {
    link.close(at: now)
    port.close()
  }

  private func handle(_ event: SerialLine.Event?, at now: UInt64) {
    switch event {
    case nil: break
    case .opened:
      events.append(.opened)
      link.open(at: now)
    case .lost(let error):
      events.append(.lost(error))
      link.close(at: now)
    case .unavailable(let error): events.append(.unavailable(error))
    }
  }

  /// What the line does not take is not lost: the other end does not acknowledge it, so it is sent again or given up.
  private func write(_ wire: EvominWire) {
    if port.write(wire) {
      isStuck = false
    } else if port.isOpen, !isStuck {
      isStuck = true
      events.append(.stuck)
    }
  }
}
