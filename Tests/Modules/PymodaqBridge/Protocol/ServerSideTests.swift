import PymodaqBridgeProtocol
import Testing

@Suite("A link that a client of PyMoDAQ has made")
struct ServerLinkTests {
  private func bytes(_ generation: PymodaqGeneration, _ messages: PymodaqClientMessage...) -> [UInt8] {
    var writer = PymodaqWriter(generation)
    for message in messages { message.write(to: &writer) }
    return writer.bytes
  }

  @Test(
    "hears from the greeting whether it is of generation 5, whatever is expected",
    arguments: PymodaqGeneration.allCases, PymodaqGeneration.allCases)
  func detects(spoken: PymodaqGeneration, expected: PymodaqGeneration) {
    var link = PymodaqServerLink(.actuator, generation: expected, at: .zero)
    for byte in bytes(spoken, .identify(.actuator), .positionIs(PymodaqPosition(1))) { link.receive([byte]) }
    var actions = link.actions()
    guard case .identified(let generation) = actions.removeFirst() else {
      Issue.record("not identified")
      return
    }
    #expect(generation.isTagged == spoken.isTagged)
    // The oldest objects cannot be told apart where others are expected: their ends differ by a few bytes.
    guard spoken == expected || spoken == .legacy || spoken == .v44 || spoken == .v5 else { return }
    #expect(actions == [.received(.positionIs(PymodaqPosition(1)))])
    #expect(link.generation == spoken)
    link.send(.moveHome)
    var writer = PymodaqWriter(spoken)
    PymodaqServerMessage.moveHome.write(to: &writer)
    let found1 = link.actions()
    #expect(found1 == [.send(writer.bytes)])
  }

  @Test("ends if the client is something else, does not say what it is, or says farewell")
  func ends() {
    let cases: [([UInt8], String)] = [
      (bytes(.v44, .identify(.detector)), "it is a GRABBER, and the map says ACTUATOR"),
      (bytes(.v44, .quit), "it does not say first what it is"),
      (bytes(.v44, .identify(.actuator), .quit), "it has said farewell"),
    ]
    for (bytes, why) in cases {
      var link = PymodaqServerLink(.actuator, generation: .v44, at: .zero)
      link.receive(bytes)
      let found2 = link.actions()
      #expect(found2.last == .reset(why))
    }
  }

  @Test(
    "ends if the client says nothing, or what is announced is too much",
    arguments: [
      [], [0, 0, 0, 4], [0x7F, 0xFF, 0xFF, 0xFF], [0, 0, 0, 18, 0, 0],
    ] as [[UInt8]])
  func silence(bytes: [UInt8]) {
    var link = PymodaqServerLink(.detector, generation: .v44, at: .zero)
    link.receive(bytes)
    link.tick(at: PymodaqServerLink.greetingPatience)
    let actions = link.actions()
    #expect(actions.count == 1)
    guard case .reset? = actions.first else {
      Issue.record("it goes on")
      return
    }
  }

  @Test("resets a client that announces an image of 64 MiB, and names the limit")
  func tooLarge() {
    var link = PymodaqServerLink(.detector, generation: .v44, at: .zero)
    link.receive(bytes(.v44, .identify(.detector)))
    var image: [UInt8] = []
    for text in ["Done", "DataToExport"] { image += [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }
    image += [0, 0, 0, 3] + Array("<f8".utf8) + [0, 0, 0, 8] + [UInt8](repeating: 0, count: 8) + [0, 0, 0, 0]
    image += [0, 0, 0, 1, 0, 0, 0, 3] + Array("dwa".utf8)
    for text in ["DataRaw"] { image += [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }
    image += [0, 0, 0, 3] + Array("<f8".utf8) + [0, 0, 0, 8] + [UInt8](repeating: 0, count: 8)
    for text in ["x", "V", "raw", "Data2D", "uniform"] {
      image += [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8)
    }
    image += [0, 0, 0, 1, 0, 0, 0, 5] + Array("array".utf8) + [0, 0, 0, 3] + Array("<f8".utf8) + [4, 0, 0, 0]
    link.receive(image)
    let found3 = link.actions()
    #expect(
      found3.last
        == .reset(
          "it sends what is not understood: an array of 67108864 bytes or elements is announced; 16777216 are read here"
        ))
  }
}

@Suite("An actuator of a PyMoDAQ elsewhere")
struct RemoteActuatorTests {
  private func actuator() -> PymodaqRemoteActuator {
    var actuator = PymodaqRemoteActuator(units: "mm", tolerance: 0.1, timeout: .seconds(10), poll: nil)
    actuator.connected(at: .zero)
    return actuator
  }

  private func at(_ value: Double, _ units: String = "µm") -> PymodaqClientMessage {
    .positionIs(PymodaqPosition(value, units: units))
  }

  @Test("is asked where it is before it is moved, and answers in its own units")
  func moves() {
    var actuator = actuator()
    let began = actuator.start(7, .absolute(5), at: .zero)
    #expect(began == nil)
    let found4 = actuator.actions()
    #expect(found4 == [.send(.readPosition)])
    actuator.receive(at(1000), at: .zero)
    let found5 = actuator.actions()
    #expect(
      found5 == [
        .position(1, isMoving: true), .send(.moveAbsolute(PymodaqPosition(5, units: "mm", name: "framebus"))),
      ])
    actuator.receive(.moveDone(PymodaqPosition(4999, units: "µm")), at: .seconds(1))
    let end = actuator.actions()
    #expect(end.contains(.ended(request: 7, problem: nil, isStopped: false, position: 4.999)))
    #expect(!actuator.isMoving)
  }

  @Test("has arrived when it stands where it should: PyMoDAQ says nothing about a move to where it is")
  func zeroMove() {
    var actuator = actuator()
    actuator.receive(at(5000), at: .zero)
    let began = actuator.start(7, .absolute(5), at: .zero)
    #expect(began == nil)
    actuator.receive(at(5000), at: .milliseconds(500))
    #expect(actuator.isMoving)
    actuator.receive(at(5000), at: .milliseconds(500) + PymodaqRemoteActuator.restPatience)
    let found6 = actuator.actions()
    #expect(found6.contains(.ended(request: 7, problem: nil, isStopped: false, position: 5)))
  }

  @Test("is stopped when a move takes too long or is cancelled")
  func stops() {
    for isCancelled in [true, false] {
      var actuator = actuator()
      actuator.receive(at(0), at: .zero)
      let began = actuator.start(7, .absolute(5), at: .zero)
      #expect(began == nil)
      if isCancelled { actuator.stop(7, at: .seconds(1)) } else { actuator.tick(at: .seconds(10)) }
      let found7 = actuator.actions()
      #expect(found7.contains(.send(.stopMotion)))
      actuator.receive(.moveDone(PymodaqPosition(2, units: "mm")), at: .seconds(11))
      let problem = isCancelled ? nil : "the move took longer than 10.0 seconds"
      let found8 = actuator.actions()
      #expect(found8.contains(.ended(request: 7, problem: problem, isStopped: isCancelled, position: 2)))
    }
  }

  @Test("ends its move when the connection is lost; nobody knows where it stands")
  func lost() {
    var actuator = actuator()
    actuator.receive(at(0), at: .zero)
    let began = actuator.start(7, .home, at: .zero)
    #expect(began == nil)
    _ = actuator.actions()
    actuator.disconnected()
    let why = "the connection to PyMoDAQ was lost; nobody knows where it stands"
    let found9 = actuator.actions()
    #expect(found9 == [.ended(request: 7, problem: why, isStopped: false, position: nil)])
    let answer10 = actuator.start(8, .home, at: .zero)
    #expect(answer10?.contains("not connected") == true)
  }

  @Test("does one move at a time, and none to nowhere")
  func refuses() {
    var actuator = actuator()
    let answer11 = actuator.start(7, .absolute(.nan), at: .zero)
    #expect(answer11 == "nan is nowhere to move to")
    let began = actuator.start(7, .absolute(1), at: .zero)
    #expect(began == nil)
    let answer12 = actuator.start(8, .absolute(2), at: .zero)
    #expect(answer12 == "a move is under way; stop it first")
  }

  @Test("is given up when it does not say where it is")
  func silence() {
    var actuator = actuator()
    _ = actuator.actions()
    actuator.tick(at: PymodaqRemoteActuator.silencePatience)
    let found13 = actuator.actions()
    #expect(found13 == [.reset("it has not said for 10.0 seconds where it is")])
  }

  @Test("has no position in units that are not converted, or that is no number")
  func units() {
    var actuator = actuator()
    _ = actuator.actions()
    actuator.receive(at(5, "V"), at: .zero)
    let found14 = actuator.actions()
    #expect(found14 == [] && actuator.problem.contains("'V'"))
    actuator.receive(at(.nan), at: .zero)
    let found15 = actuator.actions()
    #expect(found15 == [] && actuator.problem.contains("nan"))
  }
}

@Suite("A detector of a PyMoDAQ elsewhere")
struct RemoteDetectorTests {
  @Test("is asked at its rate and on request, one question at a time, and sends by itself if it likes")
  func asks() {
    var detector = PymodaqRemoteDetector(.one, timeout: .seconds(5), poll: .seconds(1))
    let answer16 = detector.ask(at: .zero)
    #expect(!answer16)
    detector.connected(at: .zero)
    detector.ask(at: .zero)
    let found17 = detector.actions()
    #expect(found17 == [.send(.sendData(.one))])
    let export = PymodaqExport(timestamp: 1, name: "x", data: [])
    detector.receive(.data(export), at: .milliseconds(100))
    detector.receive(.data(export), at: .milliseconds(200))
    let found18 = detector.actions()
    #expect(found18 == [.measured(export), .measured(export)])
    detector.tick(at: .seconds(1))
    let found19 = detector.actions()
    #expect(found19 == [.send(.sendData(.one))])
    #expect(detector.counts == (2, 0))
  }

  @Test("is given up after some questions without an answer")
  func silence() {
    var detector = PymodaqRemoteDetector(.zero, timeout: .seconds(5), poll: .seconds(1))
    detector.connected(at: .zero)
    var now = Duration.zero
    var all: [PymodaqRemoteDetector.Action] = []
    while now < .seconds(30), let deadline = detector.deadline,
      !all.contains(where: { if case .reset = $0 { true } else { false } })
    {
      now = max(now, deadline)
      detector.tick(at: now)
      all += detector.actions()
    }
    #expect(detector.counts.failures == 3)
    #expect(now == .seconds(15))
  }
}

extension PymodaqServerLink {
  fileprivate mutating func actions() -> [Action] {
    var all: [Action] = []
    while let action = nextAction() { all.append(action) }
    return all
  }
}

extension PymodaqRemoteActuator {
  fileprivate mutating func actions() -> [Action] {
    var all: [Action] = []
    while let action = nextAction() { all.append(action) }
    return all
  }
}

extension PymodaqRemoteDetector {
  fileprivate mutating func actions() -> [Action] {
    var all: [Action] = []
    while let action = nextAction() { all.append(action) }
    return all
  }
}
