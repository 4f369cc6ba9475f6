import BusClient
import Frames
import PymodaqBridgeProtocol

/// A connection to a TCPServer plugin of PyMoDAQ, and the instrument that it is for.
final class ClientConnection {
  private let bus: Bus
  private let name: String
  private let server: BusAddress
  private var link: PymodaqClientLink
  private var stream: NetworkStream?
  private var input: [UInt8] = []
  private var events: [Event] = []
  private(set) var reason = "PyMoDAQ's TCPServer was not tried yet"

  /// What has happened, for the instrument.
  enum Event {
    case connected
    case disconnected
    case received(PymodaqServerMessage)
  }

  init(_ bus: Bus, name: String, _ instrument: BridgeMap.Instrument, _ kind: PymodaqClientKind, settings: [UInt8]) {
    self.bus = bus
    self.name = name
    server = instrument.server
    link = PymodaqClientLink(kind, generation: instrument.generation, settings: settings)
  }

  deinit { close() }

  var deadline: Duration? { link.deadline }
  var hasLeft: Bool { link.state == .stopped }
  var generation: PymodaqGeneration { link.generation }

  var state: PymodaqLink {
    switch link.state {
    case .waiting, .stopped: .waiting
    case .greeting: .greeting
    case .connected: .connected
    case .leaving: .leaving
    }
  }

  func send(_ message: PymodaqClientMessage) { link.send(message) }

  func leave(at now: Duration) { link.leave(at: now) }

  /// Reads what has arrived and does what is due.
  func receive(at now: Duration) -> [Event] {
    link.tick(at: now)
    carryOut(at: now)
    if stream != nil {
      let end = stream?.read(into: &input)
      link.receive(input, at: now)
      input.removeAll(keepingCapacity: input.capacity <= 64 << 10)
      carryOut(at: now)
      if let end { lose(end, at: now) }
    }
    flush(at: now)
    defer { events = [] }
    return events
  }

  /// Sends what waits. What happens by it is among the next events.
  func flush(at now: Duration) {
    carryOut(at: now)
    guard stream != nil else { return }
    if let end = stream?.flush() {
      lose(end, at: now)
    } else if stream?.waitingBytes == 0, stream?.peer != nil {
      link.flushed(at: now)
    }
    carryOut(at: now)
  }

  private func lose(_ end: NetworkStream.End, at now: Duration) {
    close()
    link.ended("\(end)", at: now)
    carryOut(at: now)
  }

  private func carryOut(at now: Duration) {
    while let action = link.nextAction() {
      switch action {
      case .connect: connect(at: now)
      case .send(let bytes): write(bytes, at: now)
      case .reset: close()
      case .received(let message): events.append(.received(message))
      case .connected(let generation):
        report(.info, "connected", "generation \(generation)")
        events.append(.connected)
      case .lost(let reason):
        close()
        if reason != self.reason { report(.warning, "no_pymodaq", reason) }
        events.append(.disconnected)
      }
    }
  }

  private func connect(at now: Duration) {
    do throws(SystemError) {
      let stream = try NetworkStream(to: server, outputBytesMax: Self.outputBytesMax)
      bus.wake(on: stream.descriptor)
      self.stream = consume stream
      link.opened(at: now)
    } catch {
      link.ended("\(error)", at: now)
    }
  }

  /// An image or two: PyMoDAQ needs seconds for each of them.
  private static let outputBytesMax = 40 << 20

  private func write(_ bytes: [UInt8], at now: Duration) {
    guard let isTaken = stream?.write(bytes) else { return }
    if !isTaken { link.giveUp("PyMoDAQ has not taken \(Self.outputBytesMax) bytes; the connection was reset", at: now) }
  }

  private func close() {
    if let descriptor = stream?.descriptor { bus.stopWaking(on: descriptor) }
    stream = nil
  }

  private func report(_ level: Log.Level, _ event: String, _ reason: String) {
    self.reason = reason
    bus.log(level, event, ["role": name, "server": "\(server)", "reason": reason])
  }
}
