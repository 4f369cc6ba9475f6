import BusClient
import EvominBridgeProtocol

/// An SPI bus with a device as its slave.
final class SpiLine: DeviceLine {
  private static let reopenNanoseconds: UInt64 = 2_000_000_000
  /// Exchanges in one turn; more wait for the next, so that the bus is heard in between.
  private static let exchangesMax = 8

  let path: String
  private let open: () throws(SystemError) -> any ByteExchange
  private var device: (any ByteExchange)?
  private var link: EvominMasterLink
  private var events = [LineEvent]()
  private var complaint: SystemError?
  /// When the device may be opened; nil after `close`.
  private var openAt: UInt64? = 0

  /// - Parameter open: opens the device; called again when it was lost.
  init(
    path: String, _ settings: EvominSettings, random: EvominRandom,
    open: @escaping () throws(SystemError) -> any ByteExchange
  ) {
    self.path = path
    self.open = open
    link = EvominMasterLink(settings, style: settings.peer.masterStyle, random: random)
    link.close(at: 0)
  }

  var isOpen: Bool { device != nil }
  var waitingFrames: Int { link.waitingFrames }
  var payloadBytesMax: Int { link.settings.payloadBytesMax }
  var counters: EvominLinkCounters { link.counters }
  var deadline: UInt64? { isOpen ? link.deadline : openAt }
  var descriptor: FileDescriptor? { nil }

  func turn(at now: UInt64) {
    if device == nil { tryToOpen(at: now) }
    guard let device else { return }
    do throws(SystemError) {
      for _ in 0..<Self.exchangesMax {
        guard var exchange = link.nextExchange(at: now) else { return }
        var received: UInt8?
        while let byte = exchange.next(received: received) { received = try device.transfer(byte) }
        if let outcome = exchange.outcome { link.finish(outcome, at: now) }
      }
    } catch {
      lose(error, at: now)
    }
  }

  func send(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID {
    try link.send(frame, at: now)
  }

  func nextEvent() -> LineEvent? {
    if !events.isEmpty { return events.removeFirst() }
    return link.nextAction().map { .link($0) }
  }

  func close(at now: UInt64) {
    link.close(at: now)
    device = nil
    openAt = nil
  }

  private func tryToOpen(at now: UInt64) {
    guard let openAt, now >= openAt else { return }
    self.openAt = now + Self.reopenNanoseconds
    do throws(SystemError) {
      device = try open()
      complaint = nil
      link.open(at: now)
      events.append(.opened)
    } catch {
      if error != complaint { events.append(.unavailable(error)) }
      complaint = error
    }
  }

  private func lose(_ error: SystemError, at now: UInt64) {
    close(at: now)
    openAt = now + Self.reopenNanoseconds
    events.append(.lost(error))
  }
}

extension EvominPeer {
  /// How a master speaks to it.
  fileprivate var masterStyle: EvominMasterStyle {
    switch self {
    case .any, .framebus: .python
    case .c: .c
    case .python: .toPythonSlave
    }
  }
}
