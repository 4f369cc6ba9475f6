import PymodaqBridgeProtocol
import Testing

@Suite("An actuator for PyMoDAQ")
struct ActuatorTests {
  /// One that reports ends, or one whose position shows them.
  private func actuator(
    reportsEnds: Bool = true, isAsked: Bool = true, _ change: (inout PymodaqActuator.Abilities) -> Void = { _ in }
  ) -> PymodaqActuator {
    var abilities = PymodaqActuator.Abilities()
    (abilities.units, abilities.range, abilities.reportsEnds) = ("mm", -50...50, reportsEnds)
    (abilities.canHome, abilities.canStop, abilities.isAsked) = (true, true, isAsked)
    change(&abilities)
    var settings = PymodaqActuator.Settings()
    (settings.tolerance, settings.settle, settings.timeout) = (0.1, .milliseconds(300), .seconds(10))
    var actuator = PymodaqActuator(name: "s", abilities, settings: settings)
    actuator.connected(at: .zero)
    return actuator
  }

  private func to(_ value: Double, _ units: String = "mm") -> PymodaqServerMessage {
    .moveAbsolute(PymodaqPosition(value, units: units))
  }

  @Test("moves, says where it is meanwhile, and ends with the real position")
  func moves() {
    var actuator = actuator()
    actuator.receive(to(5), at: .zero)
    let found1 = actuator.actions()
    #expect(found1 == [.move(id: 1, to: 5)])
    actuator.located(2, timestamp: 0, at: .milliseconds(200))
    actuator.tick(at: .milliseconds(250))
    let meanwhile = actuator.actions()
    #expect(meanwhile.contains(.askPosition) && meanwhile.positions == [2])
    actuator.moveEnded(1, problem: nil, at: .seconds(1))
    let found2 = actuator.actions()
    #expect(found2 == [.askPosition])
    actuator.located(4.99, timestamp: 0, at: .milliseconds(1010))
    let found3 = actuator.actions()
    #expect(found3.ends == [4.99])
    #expect(actuator.deadline == nil && actuator.counts == (1, 0))
  }

  @Test("ends a move that fails, is refused or is cancelled with the real position, and says why")
  func fails() {
    var actuator = actuator()
    actuator.receive(to(5), at: .zero)
    actuator.moveEnded(1, problem: "FAILED: it broke", at: .seconds(1))
    _ = actuator.actions()
    actuator.located(3, timestamp: 0, at: .seconds(1))
    let actions = actuator.actions()
    #expect(actions.ends == [3] && actions.infos == ["FAILED: it broke"])
    #expect(actuator.counts == (1, 1))
  }

  @Test("stops a move that takes too long, and ends it")
  func timeout() {
    var actuator = actuator()
    actuator.receive(to(5), at: .zero)
    _ = actuator.actions()
    actuator.tick(at: .seconds(10))
    let found4 = actuator.actions()
    #expect(found4 == [.stop(id: 1), .askPosition])
    actuator.moveEnded(1, problem: "CANCELLED: ", at: .seconds(11))
    actuator.located(4, timestamp: 0, at: .seconds(11))
    let actions = actuator.actions()
    #expect(actions.ends == [4] && actions.infos == ["the move took longer than 10.0 seconds"])
  }

  @Test("ends even if nobody reports anything any more: where it is is not a number then")
  func silence() {
    var actuator = actuator()
    actuator.receive(to(5), at: .zero)
    var now = Duration.zero
    var all: [PymodaqActuator.Action] = []
    while let deadline = actuator.deadline, now < .seconds(100) {
      now = deadline
      actuator.tick(at: now)
      all += actuator.actions()
    }
    #expect(all.ends.count == 1 && all.ends[0].isNaN)
    #expect(now == .seconds(10) + PymodaqActuator.stopPatience + PymodaqActuator.positionPatience)
  }

  @Test("a stop in a move ends it where it stands; a stop while nothing moves is passed on")
  func stops() {
    var actuator = actuator()
    actuator.receive(.stopMotion, at: .zero)
    let found5 = actuator.actions()
    #expect(found5 == [.stop(id: nil)])
    actuator.receive(to(5), at: .zero)
    actuator.receive(.stopMotion, at: .seconds(1))
    actuator.receive(.stopMotion, at: .seconds(1))
    let found6 = actuator.actions()
    #expect(found6.filter { $0 == .stop(id: 1) }.count == 1)
    actuator.moveEnded(1, problem: "CANCELLED: stopped on the way", at: .seconds(1))
    actuator.located(2, timestamp: 0, at: .seconds(1))
    let actions = actuator.actions()
    #expect(actions.ends == [2] && actions.infos == [])
  }

  @Test("a move in a move ends the first one before the second begins, and PyMoDAQ hears of one end")
  func twice() {
    var actuator = actuator()
    actuator.receive(to(5), at: .zero)
    actuator.receive(to(-5), at: .seconds(1))
    let found7 = actuator.actions()
    #expect(found7 == [.move(id: 1, to: 5), .stop(id: 1), .askPosition])
    actuator.moveEnded(1, problem: "CANCELLED: ", at: .seconds(1))
    let found8 = actuator.actions()
    #expect(found8 == [.move(id: 2, to: -5)])
    actuator.moveEnded(1, problem: nil, at: .seconds(1))
    let found9 = actuator.actions()
    #expect(found9 == [])
    actuator.moveEnded(2, problem: nil, at: .seconds(2))
    actuator.located(-5, timestamp: 0, at: .seconds(2))
    let found10 = actuator.actions()
    #expect(found10.ends == [-5])
  }

  @Test(
    "goes nowhere for what is no place, is out of range, or in units of something else",
    arguments: [
      (Double.nan, "mm", "nan is nowhere to move to"), (.infinity, "mm", "inf is nowhere to move to"),
      (51, "mm", "51.0 mm is outside of -50.0 to 50.0"), (1, "V", "'V' cannot be converted to 'mm'"),
    ])
  func nowhere(value: Double, units: String, why: String) {
    var actuator = actuator()
    actuator.receive(to(value, units), at: .zero)
    let found11 = actuator.actions()
    #expect(found11 == [.askPosition])
    actuator.located(7, timestamp: 0, at: .zero)
    let actions = actuator.actions()
    #expect(actions.ends == [7] && actions.infos == [why])
  }

  @Test("converts units, and takes those of PyMoDAQ for its own if it names none")
  func units() {
    for (value, units) in [(5000, "µm"), (0.005, "m"), (5, ""), (5, "mm"), (0.5, "cm")] {
      var actuator = actuator()
      actuator.receive(to(value, units), at: .zero)
      guard case .move(_, let target)? = actuator.actions().first else {
        Issue.record("\(units) moves nothing")
        continue
      }
      #expect(abs(target - 5) < 1e-9)
    }
  }

  @Test("begins a relative move where it really is")
  func relative() {
    var actuator = actuator()
    actuator.receive(.moveRelative(PymodaqPosition(-2000, units: "µm")), at: .seconds(9))
    let found12 = actuator.actions()
    #expect(found12 == [.askPosition])
    actuator.located(7, timestamp: 0, at: .seconds(9))
    let found13 = actuator.actions()
    #expect(found13 == [.move(id: 1, to: 5)])
  }

  @Test("does not move relatively to where it is not known to be")
  func lost() {
    var actuator = actuator()
    actuator.receive(.moveRelative(PymodaqPosition(2)), at: .zero)
    actuator.tick(at: PymodaqActuator.positionPatience)
    actuator.tick(at: PymodaqActuator.positionPatience * 2)
    let actions = actuator.actions()
    #expect(!actions.contains { if case .move = $0 { true } else { false } })
    #expect(actions.ends.count == 1 && actions.ends[0].isNaN)
  }

  @Test("has arrived when its position stays within the tolerance, where no end is reported")
  func settles() {
    var actuator = actuator(reportsEnds: false)
    actuator.receive(to(5), at: .zero)
    for (value, time) in [(4.0, 500), (4.95, 1000), (5.5, 1200), (5.05, 1300), (5.0, 1500)] {
      actuator.located(value, timestamp: 0, at: .milliseconds(time))
    }
    #expect(actuator.isMoving)
    actuator.located(5.01, timestamp: 0, at: .milliseconds(1600))
    #expect(!actuator.isMoving)
    actuator.located(5.01, timestamp: 0, at: .milliseconds(1610))
    let found14 = actuator.actions()
    #expect(found14.ends == [5.01])
  }

  @Test("has arrived when it says nothing more from within the tolerance, where it only reports changes")
  func settlesSilently() {
    var actuator = actuator(reportsEnds: false, isAsked: false)
    actuator.receive(to(5), at: .zero)
    actuator.located(5, timestamp: 0, at: .seconds(1))
    var all = actuator.actions()
    while actuator.isMoving, let deadline = actuator.deadline {
      actuator.tick(at: deadline)
      all += actuator.actions()
    }
    actuator.located(5, timestamp: 0, at: .milliseconds(1400))
    all += actuator.actions()
    #expect(all.ends == [5])
  }

  @Test("is home when it stands where home is")
  func homes() {
    var actuator = actuator { $0.homePosition = 0 }
    actuator.receive(.moveHome, at: .zero)
    let found15 = actuator.actions()
    #expect(found15 == [.home(id: 1)])
    for time in [500, 1000, 1500] { actuator.located(3, timestamp: 0, at: .milliseconds(time)) }
    #expect(actuator.isMoving)
    for time in [2000, 2300] { actuator.located(0, timestamp: 0, at: .milliseconds(time)) }
    #expect(!actuator.isMoving)
  }

  @Test("has no home without a frame for it")
  func homeless() {
    var actuator = actuator { $0.canHome = false }
    actuator.receive(.moveHome, at: .zero)
    actuator.located(1, timestamp: 0, at: .zero)
    let actions = actuator.actions()
    #expect(actions.ends == [1] && actions.infos[0].contains("'home'"))
  }

  @Test("goes on if the bus is back soon, and ends the move with no number if it is not")
  func busLost() {
    var actuator = actuator()
    actuator.receive(to(5), at: .zero)
    actuator.located(2, timestamp: 0, at: .seconds(1))
    actuator.busChanged(isThere: false, at: .seconds(1))
    actuator.busChanged(isThere: true, at: .seconds(2))
    actuator.tick(at: .seconds(7))
    #expect(actuator.isMoving)
    actuator.busChanged(isThere: false, at: .seconds(7))
    _ = actuator.actions()
    actuator.tick(at: .seconds(7) + PymodaqActuator.busPatience)
    actuator.tick(at: .seconds(20))
    let actions = actuator.actions()
    #expect(actions.ends.count == 1 && actions.ends[0].isNaN)
    #expect(actions.infos[0].contains("the bus was lost"))
  }

  @Test("says where it is, from a fresh look; what is not known is not a number")
  func position() {
    var actuator = actuator()
    actuator.located(1, timestamp: 0, at: .zero)
    actuator.receive(.readPosition, at: .seconds(1))
    let found16 = actuator.actions()
    #expect(found16 == [.askPosition])
    actuator.located(2, timestamp: 0, at: .seconds(1))
    let found17 = actuator.actions()
    #expect(found17.positions == [2])
    actuator.receive(.readPosition, at: .seconds(5))
    actuator.tick(at: .seconds(5) + PymodaqActuator.positionPatience)
    let actions = actuator.actions()
    #expect(actions.positions.count == 1 && actions.positions[0].isNaN && actions.infos.count == 1)
  }

  @Test("takes no position that is no number")
  func badPosition() {
    var actuator = actuator()
    actuator.receive(.readPosition, at: .zero)
    _ = actuator.actions()
    actuator.located(.nan, timestamp: 0, at: .zero)
    let found18 = actuator.actions()
    #expect(found18 == [])
  }

  @Test("lets a move go on when PyMoDAQ is gone, and says nothing to nobody")
  func gone() {
    var actuator = actuator()
    actuator.receive(to(5), at: .zero)
    _ = actuator.actions()
    actuator.disconnected()
    actuator.moveEnded(1, problem: nil, at: .seconds(1))
    actuator.located(5, timestamp: 0, at: .seconds(1))
    let found19 = actuator.actions()
    #expect(found19 == [.askPosition])
    #expect(actuator.deadline == nil)
  }
}

extension PymodaqActuator {
  mutating func actions() -> [Action] {
    var all: [Action] = []
    while let action = nextAction() { all.append(action) }
    return all
  }
}

extension [PymodaqActuator.Action] {
  var ends: [Double] { compactMap { if case .send(.moveDone(let position)) = $0 { position.value } else { nil } } }
  var positions: [Double] {
    compactMap { if case .send(.positionIs(let position)) = $0 { position.value } else { nil } }
  }
  var infos: [String] { compactMap { if case .send(.info(_, let value)) = $0 { value } else { nil } } }
}
