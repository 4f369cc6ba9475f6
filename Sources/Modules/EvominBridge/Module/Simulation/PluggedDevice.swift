import BusClient
import EvominBridgeProtocol
import EvominBridgeSimulator

/// A simulated microcontroller at the end of a cable that can be pulled, and that has the speed of a real one.
struct PluggedDevice: SimulatedDevice {
  var controller: EvominSimulator
  private var inward: PacedBytes
  private var outward: PacedBytes
  private var isPlugged = true
  private var plugAt: UInt64?
  private var plugEvents = [SimulatedLineEvent]()

  /// Bytes under way to it above which it takes no more.
  private static let inwardBytesMax = 4096

  /// - Parameter baud: bits per second in either direction; nil for a line without a speed.
  init(_ controller: EvominSimulator, baud: Int?) {
    self.controller = controller
    inward = PacedBytes(baud: baud)
    outward = PacedBytes(baud: baud)
  }

  var hasRoom: Bool { inward.count < Self.inwardBytesMax }

  mutating func receive(_ bytes: [UInt8], at now: Duration) {
    if isPlugged { inward.append(bytes, at: now.inNanoseconds) }
  }

  var deadline: Duration? {
    let deadlines = isPlugged ? [controller.deadline, inward.deadline, outward.deadline] : [plugAt]
    return deadlines.compactMap(\.self).min().map { .nanoseconds($0) }
  }

  mutating func nextLineEvent(at now: Duration) -> SimulatedLineEvent? {
    nextLineEvent(at: now.inNanoseconds)
  }

  private mutating func nextLineEvent(at now: UInt64) -> SimulatedLineEvent? {
    if let plugAt, now >= plugAt { plug(at: now) }
    if !plugEvents.isEmpty { return plugEvents.removeFirst() }
    guard isPlugged else { return nil }
    let received = inward.take(at: now)
    if !received.isEmpty {
      // It answers when the last byte was there, not when this program was woken.
      controller.receive(received, at: inward.begun)
      while let wire = controller.nextOutput() { outward.append(wire, at: inward.begun) }
    }
    controller.tick(at: now)
    while let wire = controller.nextOutput() { outward.append(wire, at: now) }
    let bytes = outward.take(at: now)
    return bytes.isEmpty ? nil : .bytes(bytes)
  }

  /// The device has its power from the plug.
  ///
  /// - Parameter milliseconds: until it is plugged in again; 0 leaves it.
  mutating func unplug(milliseconds: UInt32, at now: UInt64) {
    if isPlugged { plugEvents.append(.unplugged) }
    isPlugged = false
    plugAt = milliseconds == 0 ? nil : now + UInt64(milliseconds) * 1_000_000
    inward.removeAll()
    outward.removeAll()
  }

  mutating func plug(at now: UInt64) {
    plugAt = nil
    guard !isPlugged else { return }
    isPlugged = true
    plugEvents.append(.plugged)
    controller.restart(at: now)
    // What it says before anybody can listen is lost.
    while controller.nextOutput() != nil {}
  }
}
