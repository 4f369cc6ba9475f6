import BusClient
import Frames
import PymodaqBridgeProtocol

/// Frames of the bus as what a TCPServer viewer of PyMoDAQ shows.
final class DetectorRole: Role {
  private let bus: Bus
  private let name: String
  private let channels: [BridgeMap.Channel]
  private let connection: ClientConnection
  private var detector: PymodaqDetector

  init(_ bus: Bus, name: String, _ map: BridgeMap.Detector) {
    self.bus = bus
    self.name = name
    channels = map.channels
    detector = PymodaqDetector(
      name: name,
      channels: channels.map {
        PymodaqDetector.Channel(
          label: $0.label, units: $0.units, dimension: $0.dimension, isAsked: $0.source.isAsked)
      }, settings: map.settings)
    connection = ClientConnection(
      bus, name: name, map.instrument, .detector, settings: SettingsTree.xml(map.settings.parameters))
  }

  var subscriptions: [Subscription] {
    channels.map { Subscription($0.source.frame, instance: $0.source.instance, requests: false) }
  }

  var deadline: Duration? { [connection.deadline, detector.deadline].compactMap(\.self).min() }
  var hasLeft: Bool { connection.hasLeft }

  var status: PymodaqRole {
    PymodaqRole(
      name: name, kind: .detector, link: connection.state, generation: "\(connection.generation)",
      exchanges: detector.counts.grabs, failures: detector.counts.failures,
      reason: detector.problem.isEmpty ? connection.reason : detector.problem)
  }

  func handle(_ frame: Frame, at now: Duration) {
    var payload: [UInt8]?
    for (index, channel) in channels.enumerated()
    where channel.source.frame == frame.type && channel.source.instance == frame.instance && !frame.isRequest {
      payload = payload ?? frame.payload
      if let value = channel.value(in: payload ?? [], timestamp: frame.seconds) {
        detector.measured(index, value, at: bus.time(of: frame, at: now))
      } else {
        bus.log.once(
          .warning, "unfit", cause: "\(name) \(index) \(frame.source)",
          ["role": name, "frame": "\(channel.source.frame)", "field": channel.field.text, "module": "\(frame.source)"])
      }
    }
  }

  func busChanged(isThere: Bool, at now: Duration) { if isThere { detector.busReturned() } }

  func process(at now: Duration) throws {
    for event in connection.receive(at: now) {
      switch event {
      case .connected: detector.connected(at: now)
      case .disconnected: detector.disconnected()
      case .received(.setParameter(let path, let xml)):
        SettingsTree.change(path, xml, in: detector.settings.parameters, bus, name) {
          detector.settings.set($0, $1)
          return detector.settings.parameters
        }.map { connection.send($0) }
      case .received(.unknown(let command)):
        bus.log.once(.warning, "unknown_command", cause: name, ["role": name, "command": String(command.prefix(64))])
      case .received(let message): detector.receive(message, at: now)
      }
    }
    detector.tick(at: now)
    var asked: [BridgeMap.Source] = []
    while let action = detector.nextAction() {
      switch action {
      case .send(let message): connection.send(message)
      case .ask(let index):
        let source = channels[index].source
        // Many channels may come with one frame.
        guard !asked.contains(source) else { continue }
        asked.append(source)
        if bus.isConnected { try bus.request(source.frame, instance: source.instance) }
      }
    }
    connection.flush(at: now)
  }

  func leave(at now: Duration) { connection.leave(at: now) }
}

extension BridgeMap.Channel {
  /// What a frame says of it; nil if the frame's fields end before, or fit no image.
  func value(in payload: [UInt8], timestamp: Double) -> PymodaqDetector.Value? {
    guard let numbers = field.read(payload) else { return nil }
    switch dimension {
    case .zero:
      guard let value = numbers.values.first else { return nil }
      return PymodaqDetector.Value(PymodaqArray([value]), timestamp: timestamp)
    case .one:
      guard let array = numbers.array(shape: [numbers.count]) else { return nil }
      var axes: [PymodaqAxis] = []
      if let axis, let scale = axis.read(payload)?.values, scale.count == numbers.count {
        axes = [PymodaqAxis(label: axis.text, units: axis.unit, values: PymodaqArray(scale))]
      }
      return PymodaqDetector.Value(array, axes: axes, timestamp: timestamp)
    case .two, .many:
      guard let columns = columns(in: payload), columns > 0, numbers.count % columns == 0,
        let array = numbers.array(shape: [numbers.count / columns, columns])
      else { return nil }
      return PymodaqDetector.Value(array, timestamp: timestamp)
    }
  }

  private func columns(in payload: [UInt8]) -> Int? {
    switch width {
    case .fixed(let columns): columns
    case .field(let field): field.read(payload)?.values.first.flatMap { Int(exactly: $0) }
    case nil: nil
    }
  }
}
