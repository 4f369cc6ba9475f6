import BusClient
import DeviceIO
import Frames
import Glibc
import PymodaqBridgeProtocol
import TestSupport
import Testing

@testable import ProgramSupport

/// The other end of a connection, as PyMoDAQ is: messages in and out, in a generation.
private final class Partner {
  private let listener: NetworkListener?
  private var stream: NetworkStream?
  private var inbox: PymodaqInbox
  private(set) var end: NetworkStream.End?
  /// Where a TCPServer listens.
  let address: String

  /// A TCPServer plugin.
  init(_ generation: PymodaqGeneration = .v44) throws {
    let listener = try NetworkListener(.tcp(host: "127.0.0.1", port: 0))
    address = "\(listener.address)"
    self.listener = consume listener
    inbox = PymodaqInbox(generation)
  }

  /// A client.
  init(to port: UInt16, _ generation: PymodaqGeneration = .v44) throws {
    listener = nil
    address = ""
    stream = try NetworkStream(to: .tcp(host: "127.0.0.1", port: port))
    inbox = PymodaqInbox(generation)
  }

  func exchange() throws {
    if stream == nil, let accepted = try listener?.accept() { stream = consume accepted }
    var bytes: [UInt8] = []
    end = stream?.flush() ?? stream?.read(into: &bytes) ?? end
    inbox.append(bytes)
  }

  func send(_ message: PymodaqServerMessage) {
    var writer = PymodaqWriter(inbox.generation)
    message.write(to: &writer)
    _ = stream?.write(writer.bytes)
    _ = stream?.flush()
  }

  func send(_ message: PymodaqClientMessage) {
    var writer = PymodaqWriter(inbox.generation)
    message.write(to: &writer)
    _ = stream?.write(writer.bytes)
    _ = stream?.flush()
  }

  /// The next message of an instrument that means something.
  func expect<Value>(_ what: String, _ pick: (PymodaqClientMessage) -> Value?) throws -> Value {
    try next(what, { (reader) throws(PymodaqError) in try PymodaqClientMessage(from: &reader) }, pick)
  }

  /// The next message of a TCPServer that means something.
  func expectCommand<Value>(_ what: String, _ pick: (PymodaqServerMessage) -> Value?) throws -> Value {
    try next(what, { (reader) throws(PymodaqError) in try PymodaqServerMessage(from: &reader) }, pick)
  }

  private func next<Message, Value>(
    _ what: String, _ read: (inout PymodaqReader) throws(PymodaqError) -> Message, _ pick: (Message) -> Value?
  ) throws -> Value {
    var found: Value?
    try Deadline.wait(for: what) {
      try exchange()
      while found == nil, let message = try inbox.next(read) { found = pick(message) }
      return found != nil
    }
    return found!
  }

  func waitForEnd() throws -> NetworkStream.End {
    try Deadline.wait(for: "the end of the connection") {
      try exchange()
      return end != nil
    }
    return end!
  }

  /// Ends the connection, and takes the next one.
  func reset() {
    stream = nil
    end = nil
    inbox = PymodaqInbox(inbox.generation)
  }
}

@Suite("PyMoDAQ at a real bus", .ownThread)
struct PymodaqBridgeTests {
  private let manager: Manager
  private let folder: TemporaryFolder

  init() throws {
    manager = try Manager()
    folder = try TemporaryFolder()
  }

  /// A bridge with a simulated bench and this map.
  private func bridge(_ map: String) throws -> RunningProgram {
    let path = folder.path("map.yaml")
    try folder.write(map, to: "map.yaml")
    return try manager.module(
      "pymodaq-bridge", ["--sim", "--sim-speed", "100", "--map", path, "--state", folder.path("state")])
  }

  private func detector(_ server: Partner) -> String {
    """
    roles:
      voltage:
        kind: detector
        server: \(server.address)
        timeout: 1
        channels:
          - { label: U, frame: PYMODAQ_SIM_VOLTAGE, field: voltage, request: true }

    """
  }

  private func stage(_ server: Partner) -> String {
    """
    roles:
      stage:
        kind: actuator
        server: \(server.address)
        target: { frame: PYMODAQ_SIM_MOVE, field: position }
        position: { frame: PYMODAQ_SIM_POSITION, field: position, request: true }
        home: { frame: PYMODAQ_SIM_HOME, at: 0 }

    """
  }

  private func grab(_ server: Partner) throws -> Double {
    server.send(.sendData(.zero))
    let export = try server.expect("data") { if case .data(let export) = $0 { export } else { nil } }
    return try #require(export.data[0].arrays[0].doubles?.first)
  }

  /// A number, as soon as there is one: the bench may need longer than a grab waits.
  private func measure(_ server: Partner) throws -> Double {
    var value = Double.nan
    try Deadline.wait(for: "a number") {
      value = try grab(server)
      return !value.isNaN
    }
    return value
  }

  private func moveDone(_ server: Partner) throws -> Double {
    try server.expect("the end of a move") { if case .moveDone(let position) = $0 { position.value } else { nil } }
  }

  @Test(
    "a detector greets, measures, has no number for a silent bus, and says farewell",
    arguments: [PymodaqGeneration.legacy, .v44])
  func detects(generation: PymodaqGeneration) throws {
    let server = try Partner(generation)
    let module = try bridge(detector(server).replacing("timeout", with: "generation: \(generation)\n    timeout"))
    try server.expect("a greeting") { $0 == .identify(.detector) ? () : nil }
    #expect(abs(try measure(server)) < 0.1)
    let person = try Person(manager.tcp, [.pymodaqStatus])
    try person.send(PymodaqSimulate(event: .silence, value: 60_000))
    #expect(try grab(server).isNaN)
    let why = try server.expect("a line for the user") { if case .info(_, let value) = $0 { value } else { nil } }
    #expect(why.contains("no value within"))
    try person.expect(PymodaqStatus.self) { ($0.roles.first?.failures ?? 0) > 0 && $0.roles.first?.link == .connected }
    module.signal(SIGTERM)
    try server.expect("a farewell") { $0 == .quit ? () : nil }
    server.reset()
    #expect(try module.exitCode() == 0)
  }

  @Test("an actuator moves, fails, stops and refuses, and each move has one end")
  func moves() throws {
    let server = try Partner()
    let module = try bridge(stage(server))
    let xml = try server.expect("settings") { if case .settings(let xml) = $0 { xml } else { nil } }
    #expect(String(decoding: xml, as: UTF8.self).contains("<units type=\"str\""))
    server.send(.moveAbsolute(PymodaqPosition(5, units: "mm")))
    #expect(try moveDone(server) == 5)
    server.send(.moveRelative(PymodaqPosition(-2000, units: "µm")))
    #expect(try moveDone(server) == 3)
    server.send(.moveHome)
    #expect(abs(try moveDone(server)) <= 0.01)
    server.send(.readPosition)
    #expect(
      try server.expect("a position") { if case .positionIs(let position) = $0 { position.units } else { nil } } == "mm"
    )
    server.send(.moveAbsolute(PymodaqPosition(51, units: "mm")))
    #expect(abs(try moveDone(server)) <= 0.01)
    let person = try Person(manager.tcp, [.pymodaqSimMoved])
    try person.send(PymodaqSimulate(event: .stick, value: 60_000))
    server.send(.moveAbsolute(PymodaqPosition(20, units: "mm")))
    server.send(.moveAbsolute(PymodaqPosition(30, units: "mm")))
    server.send(.stopMotion)
    #expect(abs(try moveDone(server)) <= 0.01)
    try person.expect(PymodaqSimMoved.self) { $0.outcome == .cancelled }
    module.signal(SIGTERM)
    try server.expect("a farewell") { $0 == .quit ? () : nil }
    server.reset()
    #expect(try module.exitCode() == 0)
  }

  @Test("a bridge that is killed resets its connection, and one whose PyMoDAQ restarts connects again")
  func kills() throws {
    let server = try Partner()
    let module = try bridge(detector(server))
    try server.expect("a greeting") { $0 == .identify(.detector) ? () : nil }
    #expect(abs(try measure(server)) < 0.1)
    server.reset()
    try server.expect("a second greeting") { $0 == .identify(.detector) ? () : nil }
    #expect(abs(try measure(server)) < 0.1)
    module.signal(SIGKILL)
    guard case .lost = try server.waitForEnd() else {
      Issue.record("PyMoDAQ would wait for ever for a connection that was closed in order")
      return
    }
  }

  @Test("an actuator of a PyMoDAQ elsewhere is moved by a job, and a detector there measures on request")
  func remote() throws {
    let module = try bridge(
      """
      roles:
        far: { kind: remote_actuator, listen: 0, units: mm }
        eye: { kind: remote_detector, listen: 0, dimension: 1D }

      """)
    let ports = try ["far", "eye"].map { name in
      try module.waitForLog("event=listening", "role=\(name)")
      let line = try #require(module.errors.lines.first { $0.contains("role=\(name)") })
      return try #require(UInt16(line.split(separator: ":").last.map { $0.prefix { $0.isNumber } } ?? ""))
    }
    let person = try Person(
      manager.tcp, [.pymodaqRemoteMoved, .pymodaqRemotePosition, .pymodaqRemoteData, .pymodaqStatus])
    try person.expect(PymodaqStatus.self) { $0.roles.count == 2 }
    try person.send(PymodaqRemoteMove(request: 1, position: 3))
    #expect(try person.expect(PymodaqRemoteMoved.self).outcome == .refused)
    let client = try Partner(to: ports[0])
    client.send(.identify(.actuator))
    try client.expectCommand("a question") { $0 == .readPosition ? () : nil }
    let second = try Partner(to: ports[0])
    guard case .lost = try second.waitForEnd() else {
      Issue.record("a second client is taken")
      return
    }
    client.send(.positionIs(PymodaqPosition(1000, units: "µm")))
    #expect(try person.expect(PymodaqRemotePosition.self).position == 1)
    try person.send(PymodaqRemoteMove(request: 2, position: 3))
    let target = try client.expectCommand("a move") {
      if case .moveAbsolute(let position) = $0 { position } else { nil }
    }
    #expect(target.value == 3 && target.units == "mm")
    client.send(.moveDone(PymodaqPosition(2999, units: "µm")))
    #expect(
      try person.expect(PymodaqRemoteMoved.self)
        == PymodaqRemoteMoved(request: 2, outcome: .done, text: "", positionKnown: true, position: 2.999))
    try person.send(PymodaqRemoteMove(request: 3, position: 9))
    _ = try client.expectCommand("a move") { if case .moveAbsolute = $0 { true } else { nil } }
    client.reset()
    #expect(try person.expect(PymodaqRemoteMoved.self).outcome == .failed)

    let viewer = try Partner(to: ports[1], .v5)
    viewer.send(.identify(.detector))
    try person.expect(PymodaqStatus.self) { $0.roles.last?.link == .connected && $0.roles.last?.generation == "5" }
    try person.bus.request(.pymodaqRemoteData)
    try person.bus.barrier()
    try viewer.expectCommand("a question") { $0 == .sendData(.one) ? () : nil }
    var data = PymodaqData(
      .fromPlugins, timestamp: 1, name: "lines", dimension: .one, arrays: [PymodaqArray([1, 2])], labels: ["a"])
    data.units = "V"
    data.axes = [PymodaqAxis(label: "x", units: "nm", values: PymodaqArray([400, 500]))]
    viewer.send(.data(PymodaqExport(timestamp: 1, name: "lines", data: [data])))
    let axis = PymodaqRemoteAxis(label: "x", units: "nm", dimension: 0, values: [400, 500])
    #expect(
      try person.expect(PymodaqRemoteData.self)
        == PymodaqRemoteData(name: "lines", label: "a", units: "V", shape: [2], values: [1, 2], axes: [axis]))
    module.signal(SIGTERM)
    #expect(try module.exitCode() == 0)
  }
}
