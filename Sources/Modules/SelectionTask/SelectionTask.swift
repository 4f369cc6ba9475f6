import BusClient
import BusNet
import Frames

/// An experiment in small: two symbols, one of them pays more often, and the right choice is rewarded with a candy.
///
/// The next question comes when the candy was taken, so that nothing is won while the last reward still lies there.
@main
struct SelectionTask: Module {
  static let options: [CommandOptions.Option] = [
    .init("trials", value: "N", "How many questions there are (10)."),
    .init("chance", value: "PERCENT", "How often the better symbol pays (80)."),
  ]

  let bus: Bus
  private let trials: Int
  private let chance: Int
  private var step = Step.waiting
  private var trial = 0
  private var points = 0
  private var keyboard = LineInput()

  private enum Step: Equatable {
    /// The dispenser is not ready.
    case waiting
    case asking
    /// A candy was asked for; it is not known to be in a hand.
    case rewarding
    case over
  }

  init(bus: Bus) throws {
    self.bus = bus
    trials = try bus.options.number("trials", in: 1...10_000) ?? 10
    chance = try bus.options.number("chance", in: 50...100) ?? 80
    bus.listen(for: .candyStatus, .candyTaken, .candyNotTaken, .candyFailed, .candyRefused)
    bus.wake(on: .standardInput)
  }

  mutating func process() throws {
    while bus.hasData { try hear(try bus.getData()) }
    if bus.isReady(.standardInput), !keyboard.read() { bus.stopWaking(on: .standardInput) }
    while step == .asking, let line = keyboard.next() { try choose(line) }
  }

  private mutating func hear(_ frame: Frame) throws {
    if let state = try frame.decode(CandyStatus.self) {
      if step == .waiting, state.link == .connected { ask() }
    } else if let taken = try frame.decode(CandyTaken.self), isMine(taken.request) {
      points += 1
      ask()
    } else if let untaken = try frame.decode(CandyNotTaken.self), isMine(untaken.request) {
      print("The candy was left lying.")
      ask()
    } else if let failed = try frame.decode(CandyFailed.self), isMine(failed.request) {
      print("No candy: \(failed.text)")
      ask()
    } else if let refused = try frame.decode(CandyRefused.self), isMine(refused.request) {
      print("No candy: \(refused.text)")
      ask()
    }
  }

  private func isMine(_ request: UInt32) -> Bool { step == .rewarding && request == UInt32(trial) }

  private mutating func ask() {
    guard trial < trials else {
      step = .over
      return print("Over. \(points) of \(trials) answers were rewarded and taken.")
    }
    trial += 1
    step = .asking
    print("Question \(trial): A or B?")
  }

  private mutating func choose(_ answer: String) throws {
    guard ["A", "B"].contains(answer.uppercased()) else { return print("A or B?") }
    let isBetter = answer.uppercased() == "A"
    guard Int.random(in: 0..<100) < (isBetter ? chance : 100 - chance) else {
      print("Not this time.")
      return ask()
    }
    try bus.send(CandyDispense(request: UInt32(trial), count: 1))
    step = .rewarding
    print("Right! Take your candy.")
  }
}
