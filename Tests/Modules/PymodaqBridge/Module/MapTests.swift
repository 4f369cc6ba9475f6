import BusClient
import Frames
import PymodaqBridgeProtocol
import TestSupport
import Testing
import YAMLText

@testable import pymodaq_bridge

@Suite("A map of PyMoDAQ's roles")
struct MapTests {
  private func errors(_ text: String) -> [String] {
    do throws(SettingsError) {
      _ = try BridgeMap(reading: Array(text.utf8))
      return []
    } catch {
      return error.text.split(separator: "\n").map(String.init)
    }
  }

  @Test("of the simulated bench is the example")
  func example() throws {
    let example = try BridgeMap(reading: Fixture.bytes("Examples/pymodaq.yaml"))
    #expect(try BridgeMap(reading: Array(BridgeOptions.simulated.utf8)) == example)
    #expect(example.roles.map(\.name) == ["voltage", "spectrum", "camera", "stage"])
  }

  @Test("knows from the schema what units, ranges and jobs there are")
  func schema() throws {
    let map = try BridgeMap(reading: Array(BridgeOptions.simulated.utf8), instance: 3)
    guard case .detector(let voltage) = map.roles[0].kind, case .detector(let spectrum) = map.roles[1].kind,
      case .detector(let camera) = map.roles[2].kind, case .actuator(let stage) = map.roles[3].kind
    else {
      Issue.record("other kinds")
      return
    }
    #expect(voltage.channels[0].units == "V" && voltage.channels[0].dimension == .zero)
    #expect(voltage.channels[0].source.instance == 3 && voltage.instrument.generation == .v44)
    #expect(spectrum.channels[0].dimension == .one && spectrum.channels[0].axis?.unit == "nm")
    #expect(camera.channels[0].dimension == .two)
    #expect(stage.abilities.units == "mm" && stage.abilities.range == -50...50)
    #expect(stage.abilities.reportsEnds && stage.abilities.canStop && stage.abilities.homePosition == 0)
  }

  @Test("takes roles of a PyMoDAQ elsewhere, on this machine unless it is said otherwise")
  func remote() throws {
    let map = try BridgeMap(
      reading: Array(
        """
        roles:
          far: { kind: remote_actuator, listen: 6350, units: mm, poll: 1, generation: legacy }
          eye: { kind: remote_detector, listen: "0.0.0.0:6351", dimension: 2D }
        """.utf8))
    guard case .remote(let far) = map.roles[0].kind, case .remote(let eye) = map.roles[1].kind else {
      Issue.record("other kinds")
      return
    }
    #expect(far.address == .tcp(host: "127.0.0.1", port: 6350) && far.units == "mm" && far.poll == .seconds(1))
    #expect(far.generation == .legacy)
    #expect(eye.address == .tcp(host: "0.0.0.0", port: 6351) && eye.dimension == .two && eye.poll == nil)
  }

  @Test("says all that is wrong with it, each with its line and column")
  func wrong() {
    let text = """
      roles:
        a:
          kind: detektor
        b:
          kind: detector
          server: lab.example:6341
          generation: 4.5
          chanels: []
          channels:
            - { frame: TEMPERATUR, field: x }
            - { frame: TEMPERATURE, field: ambient }
            - { frame: PYMODAQ_SIM_IMAGE, field: width, width: 4 }
        c:
          kind: actuator
          server: 127.0.0.1:6341
          target: { frame: PYMODAQ_SIM_MOVE, field: request }
          timeout: 0
      """
    let expected = [
      "pymodaq.yaml:3:11: error: unknown kind 'detektor'; did you mean 'detector'?",
      "pymodaq.yaml:6:13: error: 'lab.example:6341': write the host as numbers",
      "pymodaq.yaml:7:17: error: unknown generation '4.5'",
      "pymodaq.yaml:8:5: error: unknown key 'chanels' in role 'b' (detector); did you mean 'channels'?",
      "pymodaq.yaml:10:18: error: this bridge knows no frame 'TEMPERATUR'; did you mean 'TEMPERATURE'?",
      "pymodaq.yaml:11:38: error: TEMPERATURE has no field 'ambient';",
      "pymodaq.yaml:12:44: error: 'width' is a single number; an image is an array",
      "pymodaq.yaml:13:3: error: role 'c' has no 'position'",
      "pymodaq.yaml:17:14: error: 'timeout' is in seconds",
    ]
    let found = errors(text)
    #expect(found.count == expected.count, "\(found)")
    for (found, expected) in zip(found, expected) { #expect(found.hasPrefix(expected), "\(found)") }
  }

  @Test(
    "refuses what would not work",
    arguments: [
      ("", "the file is empty"), ("roles:", "'roles' is empty"), ("x: 1", "unknown key 'x'"),
      ("roles: { a: { server: 1 } }", "has no 'kind'"),
      (
        "roles: { a: { kind: remote_actuator, listen: 1 }, b: { kind: remote_actuator, listen: 2 } }",
        "that of role 'a' already"
      ),
      (
        "roles: { a: { kind: remote_detector, listen: 7 }, b: { kind: remote_actuator, listen: 7 } }",
        "that of role 'a' already"
      ),
      ("roles: { a: { kind: remote_detector, listen: /run/x } }", "is no address of the network"),
      ("roles: { a: { kind: remote_detector, listen: 7, dimension: 4D } }", "unknown dimension '4D'"),
      ("roles: { a: { kind: detector, server: '127.0.0.1:1', channels: [] } }", "must be a list"),
      (
        "roles: { a: { kind: detector, server: '127.0.0.1:1', channels: [{ frame: PYMODAQ_SIM_VOLTAGE, field: voltage }, { frame: PYMODAQ_SIM_SPECTRUM, field: intensities }] } }",
        "data of one dimension"
      ),
    ])
  func refused(text: String, reason: String) {
    let found = errors(text)
    #expect(found.contains { $0.contains(reason) }, "\(found)")
  }
}

@Suite("A field of a frame")
struct FrameFieldTests {
  private func problem(_ text: String, _ frame: FrameType) -> String? {
    do throws(FrameField.Problem) {
      _ = try FrameField(text, of: frame)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test("is read in its unit, whatever stands before it")
  func reads() throws {
    let temperature = Temperature(id: 7, ambientTemperature: -2.5, objectTemperature: 36.5)
    let field = try FrameField("object_temperature", of: .temperature)
    #expect(field.unit == "degC")
    #expect(field.read(try temperature.payload())?.values == [36.5])
    let distance = Distance(sensorType: 1, sensorPov: 2, angles: [1, 2, 3], values: [10, 20, 30])
    #expect(try FrameField("values", of: .distance).read(distance.payload())?.values == [10, 20, 30])
    #expect(try FrameField("values[1]", of: .distance).read(distance.payload())?.values == [20])
    #expect(try FrameField("values[3]", of: .distance).read(distance.payload()) == nil)
    let status = PymodaqStatus(
      roles: (0..<2).map {
        PymodaqRole(
          name: "r\($0)", kind: .detector, link: .connected, generation: "5", exchanges: UInt64($0 + 7), failures: 0,
          reason: "")
      }, lost: 9)
    #expect(try FrameField("roles[1].exchanges", of: .pymodaqStatus).read(status.payload())?.values == [8])
    #expect(try FrameField("lost", of: .pymodaqStatus).read(status.payload())?.values == [9])
  }

  @Test("is nothing in a payload that ends before it")
  func short() throws {
    let field = try FrameField("values", of: .distance)
    let payload = try Distance(sensorType: 1, sensorPov: 2, angles: [1, 2, 3], values: [10, 20, 30]).payload()
    for count in 0..<payload.count { #expect(field.read(Array(payload.prefix(count))) == nil) }
    var huge = payload
    for index in 3..<7 { huge[index] = 0xFF }
    #expect(field.read(huge) == nil)
  }

  @Test("is written alone, with defaults and zeros around it")
  func writes() throws {
    let field = try FrameField("position", of: .pymodaqSimMove)
    let payload = try #require(field.payload(12.5))
    #expect(try PymodaqSimMove(payload: payload) == PymodaqSimMove(request: 0, position: 12.5))
    let remote = try FrameField("position", of: .pymodaqRemoteMove)
    let relative = try #require(remote.payload(-1, others: ["kind": 1]))
    #expect(
      try PymodaqRemoteMove(payload: relative) == PymodaqRemoteMove(request: 0, position: -1, kind: .relative))
    let pan = try FrameField("ambient_temperature", of: .temperature)
    #expect(try Temperature(payload: #require(pan.payload(21.5))).ambientTemperature == 21.5)
    #expect(pan.payload(1e9) == nil && pan.payload(.nan) == nil)
  }

  @Test("that is not there, or is no number, is refused with what there is")
  func wrong() {
    #expect(problem("valus", .distance)?.contains("did you mean 'values'?") == true)
    #expect(problem("values.x", .distance)?.contains("no fields in it") == true)
    #expect(problem("sensor_type[0]", .distance)?.contains("is no array") == true)
    #expect(problem("roles.exchanges", .pymodaqStatus)?.contains("say which") == true)
    #expect(problem("values[x]", .distance)?.contains("is no element") == true)
    #expect(problem("text", .pymodaqSimMoved)?.contains("is no number") == true)
  }
}
