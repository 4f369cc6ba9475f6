import PymodaqBridgeProtocol
import Testing

@Suite("A detector for PyMoDAQ")
struct DetectorTests {
  private let asked = PymodaqDetector.Channel(label: "U", units: "V", dimension: .zero, isAsked: true)
  private let heard = PymodaqDetector.Channel(label: "T", units: "V", dimension: .zero, isAsked: false)

  private func detector(_ channels: PymodaqDetector.Channel..., push: Duration? = nil) -> PymodaqDetector {
    var settings = PymodaqDetector.Settings()
    (settings.maxAge, settings.timeout, settings.push) = (.milliseconds(200), .seconds(2), push)
    var detector = PymodaqDetector(name: "d", channels: channels, settings: settings)
    detector.connected(at: .zero)
    return detector
  }

  private func value(_ number: Double) -> PymodaqDetector.Value {
    PymodaqDetector.Value(PymodaqArray([number]), timestamp: 7)
  }

  @Test("asks for a fresh value, and answers with it")
  func fresh() {
    var detector = detector(asked)
    detector.measured(0, value(1), at: .milliseconds(999))
    detector.receive(.sendData(.zero), at: .seconds(1))
    let found1 = detector.actions()
    #expect(found1 == [.ask(channel: 0)])
    detector.measured(0, value(2), at: .milliseconds(1010))
    let answers = detector.actions()
    #expect(answers.exports.map { $0.data.map(\.arrays) } == [[[PymodaqArray([2])]]])
    #expect(answers.exports[0].data[0].units == "V" && answers.exports[0].data[0].labels == ["U"])
    #expect(answers.exports[0].timestamp == 7)
    #expect(answers.count == 1 && detector.deadline == nil)
  }

  @Test("takes the last value of what cannot be asked, if it is not too old, and else waits for the next")
  func lastValue() {
    var detector = detector(heard)
    detector.measured(0, value(1), at: .zero)
    detector.receive(.sendData(.zero), at: .milliseconds(200))
    let found2 = detector.actions()
    #expect(found2.numbers == [1])
    detector.receive(.sendData(.zero), at: .milliseconds(201))
    let found3 = detector.actions()
    #expect(found3 == [])
    detector.measured(0, value(2), at: .milliseconds(900))
    let found4 = detector.actions()
    #expect(found4.numbers == [2])
  }

  @Test("never gives a stale number: it is none, in the last shape, and one line says why until it is well again")
  func stale() {
    let image = PymodaqDetector.Channel(label: "I", units: "", dimension: .two, isAsked: true)
    var detector = detector(image)
    let pixels = PymodaqDetector.Value(PymodaqArray([1, 2, 3, 4, 5, 6], shape: [2, 3]), timestamp: 1)
    detector.measured(0, pixels, at: .zero)
    for round in 1...2 {
      detector.receive(.sendData(.two), at: .seconds(round * 10))
      #expect(detector.deadline == .seconds(round * 10 + 2))
      detector.tick(at: .seconds(round * 10 + 2))
      let actions = detector.actions()
      let array = actions.exports[0].data[0].arrays[0]
      #expect(array.shape == [2, 3] && array.doubles!.allSatisfy(\.isNaN))
      #expect(actions.infos.count == (round == 1 ? 1 : 0))
    }
    detector.receive(.sendData(.two), at: .seconds(30))
    detector.measured(0, pixels, at: .seconds(30))
    let found5 = detector.actions()
    #expect(found5.infos == ["none"])
    #expect(detector.counts == (3, 2))
  }

  @Test("says what to look at when nothing ever came")
  func nothing() {
    var detector = detector(asked)
    detector.receive(.sendData(.zero), at: .zero)
    detector.tick(at: .seconds(2))
    let actions = detector.actions()
    #expect(actions.exports[0].data[0].arrays[0].shape == [1])
    #expect(actions.infos == ["U: nothing has come from the bus; is the module that measures it running?"])
  }

  @Test("answers each request once, also those that come while it measures")
  func eachOnce() {
    var detector = detector(asked)
    for _ in 0..<3 { detector.receive(.sendData(.zero), at: .zero) }
    detector.measured(0, value(2), at: .zero)
    let found6 = detector.actions()
    #expect(found6.exports.count == 3)
    detector.measured(0, value(3), at: .zero)
    let found7 = detector.actions()
    #expect(found7 == [])
  }

  @Test("answers a request for another dimension, because PyMoDAQ would wait for ever")
  func otherDimension() {
    var detector = detector(asked)
    detector.receive(.sendData(.two), at: .zero)
    let actions = detector.actions()
    #expect(actions.exports[0].data[0].dimension == .two && actions.exports[0].data[0].arrays[0].shape == [1, 1])
    #expect(actions.infos[0].hasPrefix("d has no 2D channel"))
  }

  @Test("puts channels of one unit and shape together, and others apart")
  func groups() {
    let other = PymodaqDetector.Channel(label: "I", units: "A", dimension: .zero, isAsked: false)
    var detector = detector(asked, heard, other)
    for index in 0..<3 { detector.measured(index, value(Double(index)), at: .zero) }
    detector.receive(.sendData(.zero), at: .zero)
    detector.measured(0, value(5), at: .zero)
    let data = detector.actions().exports[0].data
    #expect(data.map(\.labels) == [["U", "T"], ["I"]])
    #expect(data.map(\.units) == ["V", "A"])
    #expect(data.map(\.name) == ["d", "d I"])
  }

  @Test("asks again when the bus is back within the time for an answer")
  func busReturns() {
    var detector = detector(asked)
    detector.receive(.sendData(.zero), at: .zero)
    _ = detector.actions()
    detector.busReturned()
    let found8 = detector.actions()
    #expect(found8 == [.ask(channel: 0)])
    detector.measured(0, value(4), at: .seconds(1))
    let found9 = detector.actions()
    #expect(found9.numbers == [4])
  }

  @Test("sends by itself as often as it shall, no faster than PyMoDAQ can take it")
  func pushes() {
    var detector = detector(asked, push: .milliseconds(10))
    detector.tick(at: .zero)
    let found10 = detector.actions()
    #expect(found10 == [.ask(channel: 0)])
    detector.measured(0, value(1), at: .zero)
    let found11 = detector.actions()
    #expect(found11.numbers == [1])
    #expect(detector.deadline == PymodaqDetector.pushMin)
  }

  @Test("waits for nothing when PyMoDAQ is gone")
  func gone() {
    var detector = detector(asked, push: .seconds(1))
    detector.receive(.sendData(.zero), at: .zero)
    detector.disconnected()
    #expect(detector.deadline == nil)
    _ = detector.actions()
    detector.measured(0, value(1), at: .zero)
    let found12 = detector.actions()
    #expect(found12 == [])
  }

  @Test("shows its settings, and takes new ones as near as they may come")
  func settings() {
    var settings = PymodaqDetector.Settings()
    #expect(settings.parameters.map(\.name) == ["max_age", "timeout"])
    settings.set("timeout", -3)
    #expect(settings.timeout == .milliseconds(100))
    settings.set("max_age", 1.5)
    #expect(settings.parameters[0].value == .real(1.5))
  }
}

extension PymodaqDetector {
  mutating func actions() -> [Action] {
    var all: [Action] = []
    while let action = nextAction() { all.append(action) }
    return all
  }
}

extension [PymodaqDetector.Action] {
  var exports: [PymodaqExport] { compactMap { if case .send(.data(let export)) = $0 { export } else { nil } } }
  var numbers: [Double] { exports.flatMap { $0.data.flatMap { $0.arrays.flatMap { $0.doubles ?? [] } } } }
  var infos: [String] { compactMap { if case .send(.info(_, let value)) = $0 { value } else { nil } } }
}
