import BusClient
import Frames
import PymodaqBridgeProtocol

/// An instrument of a PyMoDAQ elsewhere, which connects to the bridge: what it says becomes frames, and frames move it.
final class RemoteRole: Role {
  private enum Instrument {
    case actuator(PymodaqRemoteActuator)
    case detector(PymodaqRemoteDetector)
  }

  private let bus: Bus
  private let name: String
  private let map: BridgeMap.Remote
  private let listener: NetworkListener
  private var stream: NetworkStream?
  private var link: PymodaqServerLink?
  private var input: [UInt8] = []
  private var instrument: Instrument
  private var jobs: Jobs<PymodaqRemoteMove>?
  private var failures: UInt64 = 0
  private var exchanges: UInt64 = 0
  private var reason = "no PyMoDAQ has connected yet"
  private var hasEnded = false

  init(_ bus: Bus, name: String, _ map: BridgeMap.Remote) throws {
    self.bus = bus
    self.name = name
    self.map = map
    listener = try NetworkListener(map.address)
    switch map.kind {
    case .actuator:
      instrument = .actuator(
        PymodaqRemoteActuator(units: map.units, tolerance: map.tolerance, timeout: map.timeout, poll: map.poll))
      jobs = try Jobs<PymodaqRemoteMove>(bus) {
        PymodaqRemoteMoved(
          request: $0.request, outcome: .failed, text: "the bridge was restarted in the move; look where it stands")
      }
    case .detector:
      instrument = .detector(PymodaqRemoteDetector(map.dimension, timeout: map.timeout, poll: map.poll))
    }
    bus.wake(on: listener.descriptor)
    bus.log(.info, "listening", ["role": name, "address": "\(listener.address)"])
    if !listener.isLocal {
      let danger = map.kind == .actuator ? "move the motor for whoever listens to it" : "send data"
      bus.log(
        .warning, "open_to_the_network",
        ["role": name, "address": "\(listener.address)", "meaning": "anyone who reaches this address may \(danger)"])
    }
  }

  var subscriptions: [Subscription] {
    switch map.kind {
    case .actuator:
      [
        Subscription(.pymodaqRemoteMove, instance: map.instance, requests: false),
        Subscription(.pymodaqRemoteStop, instance: map.instance, requests: false),
        Subscription(.pymodaqRemotePosition, instance: map.instance, values: false),
      ]
    case .detector: [Subscription(.pymodaqRemoteData, instance: map.instance, values: false)]
    }
  }

  var deadline: Duration? {
    let own =
      switch instrument {
      case .actuator(let actuator): actuator.deadline
      case .detector(let detector): detector.deadline
      }
    return [own, link?.deadline].compactMap(\.self).min()
  }

  var hasLeft: Bool { hasEnded }

  var status: PymodaqRole {
    let (counts, problem) =
      switch instrument {
      case .actuator(let actuator): ((exchanges, failures), actuator.problem)
      case .detector(let detector): ((detector.counts.grabs, detector.counts.failures + failures), detector.problem)
      }
    let state: PymodaqLink = link == nil ? .waiting : link?.isIdentified == true ? .connected : .greeting
    return PymodaqRole(
      name: name, kind: map.kind == .actuator ? .remoteActuator : .remoteDetector, link: state,
      generation: "\(link?.generation ?? map.generation)", exchanges: counts.0, failures: counts.1,
      reason: problem.isEmpty ? reason : problem)
  }

  func busChanged(isThere: Bool, at now: Duration) {}

  func handle(_ frame: Frame, at now: Duration) throws {
    guard frame.instance == map.instance else { return }
    switch instrument {
    case .detector(var detector):
      guard frame.type == .pymodaqRemoteData, frame.isRequest else { return }
      if !detector.ask(at: now) { failures += 1 }
      instrument = .detector(detector)
    case .actuator(var actuator):
      if frame.type == .pymodaqRemotePosition, frame.isRequest {
        actuator.ask(at: now)
      } else if let stop = try frame.decode(PymodaqRemoteStop.self) {
        actuator.stop(stop.request, at: now)
      } else if bus.isConnected, let move = try jobs?.command(in: frame) {
        // Without a manager none is begun; its asker asks again.
        decide(move, actuator)
      }
      instrument = .actuator(actuator)
    }
  }

  private func decide(_ move: PymodaqRemoteMove, _ actuator: PymodaqRemoteActuator) {
    if actuator.isMoving {
      jobs?.refuse(move, "a move is under way; stop it first")
    } else if link?.isIdentified != true {
      jobs?.refuse(move, "no PyMoDAQ is connected to role '\(name)'; tick 'connect' under TCP/IP there")
    } else {
      jobs?.accept(move)
    }
  }

  func process(at now: Duration) throws {
    acceptClients(at: now)
    moveBytes(at: now)
    link?.tick(at: now)
    followLink(at: now)
    startJobs(at: now)
    tickInstrument(at: now)
    try followInstrument(at: now)
    followLink(at: now)
    if let end = stream?.flush() { link?.end("\(end)") }
    followLink(at: now)
    jobs?.commit()
  }

  func leave(at now: Duration) {
    link?.end("the bridge ends")
    followLink(at: now)
    bus.stopWaking(on: listener.descriptor)
    hasEnded = true
  }

  // MARK: The connection

  private func acceptClients(at now: Duration) {
    while !hasEnded {
      do throws(SystemError) {
        guard let accepted = try listener.accept() else { return }
        let peer = accepted.peer.map { "\($0)" } ?? "?"
        guard stream == nil else {
          // Two clients of one role would be mixed up; it is reset when it goes out of scope.
          bus.log(.warning, "refused", ["role": name, "peer": peer, "reason": "a client is connected already"])
          continue
        }
        bus.wake(on: accepted.descriptor)
        bus.log(.info, "client", ["role": name, "peer": peer])
        stream = consume accepted
        link = PymodaqServerLink(map.kind, generation: map.generation, at: now)
      } catch {
        return bus.log.once(.warning, "not_accepted", cause: name, ["role": name, "reason": "\(error)"])
      }
    }
  }

  private func moveBytes(at now: Duration) {
    guard stream != nil else { return }
    let end = stream?.read(into: &input)
    link?.receive(input)
    input.removeAll(keepingCapacity: input.capacity <= 64 << 10)
    followLink(at: now)
    if let end { link?.end("\(end)") }
  }

  private func followLink(at now: Duration) {
    while let action = link?.nextAction() {
      switch action {
      case .send(let bytes): if stream?.write(bytes) == false { link?.end("it takes nothing any more") }
      case .identified(let generation):
        report(.info, "connected", "generation \(generation)")
        change {
          $0.connected(at: now)
        } _: {
          $0.connected(at: now)
        }
      case .received(.info(let title, let value)):
        bus.log(.info, "info", ["role": name, "title": String(title.prefix(64)), "value": String(value.prefix(200))])
      case .received(.unknown(let command)):
        bus.log.once(.warning, "unknown_command", cause: name, ["role": name, "command": String(command.prefix(64))])
      case .received(let message):
        change {
          $0.receive(message, at: now)
        } _: {
          $0.receive(message, at: now)
        }
      case .reset(let reason):
        if let descriptor = stream?.descriptor { bus.stopWaking(on: descriptor) }
        stream = nil
        link = nil
        report(reason == PymodaqServerLink.farewell ? .info : .warning, "client_lost", reason)
        change {
          $0.disconnected()
        } _: {
          $0.disconnected()
        }
      }
    }
  }

  private func report(_ level: Log.Level, _ event: String, _ reason: String) {
    self.reason = reason
    bus.log(level, event, ["role": name, "reason": reason])
  }

  private func change(
    _ actuator: (inout PymodaqRemoteActuator) -> Void, _ detector: (inout PymodaqRemoteDetector) -> Void
  ) {
    switch instrument {
    case .actuator(var changed):
      actuator(&changed)
      instrument = .actuator(changed)
    case .detector(var changed):
      detector(&changed)
      instrument = .detector(changed)
    }
  }

  // MARK: The instrument

  private func startJobs(at now: Duration) {
    guard case .actuator(var actuator) = instrument else { return }
    for move in jobs?.commit() ?? [] {
      let goal: PymodaqRemoteActuator.Goal =
        switch move.kind {
        case .relative: .relative(move.position)
        case .home: .home
        default: .absolute(move.position)
        }
      if let problem = actuator.start(move.request, goal, at: now) {
        jobs?.end(PymodaqRemoteMoved(request: move.request, outcome: .refused, text: problem))
      } else {
        exchanges += 1
      }
    }
    instrument = .actuator(actuator)
  }

  private func tickInstrument(at now: Duration) {
    change {
      $0.tick(at: now)
    } _: {
      $0.tick(at: now)
    }
  }

  private func followInstrument(at now: Duration) throws {
    switch instrument {
    case .actuator(var actuator):
      while let action = actuator.nextAction() {
        switch action {
        case .send(let message): link?.send(message)
        case .reset(let reason): link?.end(reason)
        case .position(let position, let isMoving):
          let frame = PymodaqRemotePosition(position: position, units: map.units, moving: isMoving)
          if bus.isConnected { try bus.send(frame, instance: map.instance) }
        case .ended(let request, let problem, let isStopped, let position):
          if problem != nil { failures += 1 }
          jobs?.end(
            PymodaqRemoteMoved(
              request: request, outcome: problem != nil ? .failed : isStopped ? .cancelled : .done,
              text: problem ?? "", positionKnown: position != nil, position: position ?? 0))
        }
      }
      instrument = .actuator(actuator)
    case .detector(var detector):
      while let action = detector.nextAction() {
        switch action {
        case .send(let message): link?.send(message)
        case .reset(let reason): link?.end(reason)
        case .measured(let export): try publish(export)
        }
      }
      instrument = .detector(detector)
    }
  }

  /// As many values as a frame of the bus carries.
  private static let valuesMax = 500_000

  private func publish(_ export: PymodaqExport) throws {
    guard bus.isConnected else { return }
    for data in export.data {
      for (index, array) in data.arrays.enumerated() {
        guard array.count <= Self.valuesMax, let values = array.doubles, array.shape.count <= 8 else {
          failures += 1
          bus.log.once(
            .warning, "not_published", cause: "\(name) \(data.name)",
            [
              "role": name, "data": data.name, "shape": "\(array.shape)", "type": "\(array.type)",
              "reason": "a frame carries \(Self.valuesMax) numbers; bin or crop in PyMoDAQ",
            ])
          continue
        }
        let axes = data.axes.prefix(8).map {
          PymodaqRemoteAxis(
            label: $0.label, units: $0.units, dimension: UInt8(clamping: $0.index), values: $0.values.doubles ?? [])
        }
        let frame = PymodaqRemoteData(
          name: data.name, label: index < data.labels.count ? data.labels[index] : "", units: data.units,
          shape: array.shape.map { UInt32(clamping: $0) }, values: values, axes: axes)
        try bus.send(frame, instance: map.instance)
      }
    }
  }
}
