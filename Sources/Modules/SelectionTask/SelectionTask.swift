import BusClient
import Frames

/// An experiment in small: two symbols, one of them pays more often, and the right choice is rewarded with a candy.
///
/// The next question comes when the candy was taken, so that nothing is won while the last reward still lies there.
@main
struct SelectionTask: Module {
  private static let trials = Option("trials", default: 10, in: 1...10_000, "How many questions there are")
  private static let chance = Option(
    "chance", value: "PERCENT", default: 80, in: 50...100, "How often the better symbol pays")
  static let options: [any ProgramOption] = [trials, chance]

  let bus: Bus
  private let trials: Int
  private let chance: Int
  private var step = Step.waiting
  private var trial = 0
  /// Of this run alone: somebody else, or a run before it, may have a request that is not finished.
  private let firstRequest = UInt32.random(in: 1...1 << 31)
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

  init(bus: Bus) {
    self.bus = bus
    trials = bus.options[Self.trials]
    chance = bus.options[Self.chance]
    let types: [FrameType] = [.candyStatus, .candyTaken, .candyNotTaken, .candyFailed, .candyRefused]
    // Of the dispenser that gets its commands: `--instance` is that of both.
    bus.listen(for: types.map { Subscription($0, instance: bus.configuration.instance, requests: false) })
    bus.wake(on: .standardInput)
    print("Waiting for the dispenser.")
  }

  /// Over, or nobody is there to answer.
  var isFinished: Bool { step == .over || (step == .asking && keyboard.isOver) }

  mutating func process() throws {
    while bus.hasData { try hear(try bus.getData()) }
    if bus.isReady(.standardInput) { keyboard.read() }
    if keyboard.isOver { bus.stopWaking(on: .standardInput) }
    while step == .asking, let line = keyboard.next() { choose(line) }
  }

  private mutating func hear(_ frame: Frame) throws {
    if let state = try frame.decode(CandyStatus.self) {
      hear(state)
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
      wait(because: refused.text)
    }
  }

  /// What becomes of a candy is told before the status is; if nothing was, nobody knows of it any more.
  private mutating func hear(_ state: CandyStatus) {
    let isConnected = state.link == .connected
    if step == .waiting, isConnected { ask() }
    if step == .rewarding, !isConnected { wait(because: "the dispenser is lost") }
  }

  private mutating func wait(because reason: String) {
    print("No candy: \(reason)")
    print("Waiting for the dispenser.")
    step = .waiting
  }

  private var request: UInt32 { firstRequest + UInt32(trial) }
  private func isMine(_ request: UInt32) -> Bool { step == .rewarding && request == self.request }

  private mutating func ask() {
    guard trial < trials else {
      step = .over
      return print("Over. \(points) of \(trials) answers were rewarded and taken.")
    }
    trial += 1
    step = .asking
    print("Question \(trial): A or B?")
  }

  private mutating func choose(_ answer: String) {
    guard ["A", "B"].contains(answer.uppercased()) else { return print("A or B?") }
    let isBetter = answer.uppercased() == "A"
    guard Int.random(in: 0..<100) < (isBetter ? chance : 100 - chance) else {
      print("Not this time.")
      return ask()
    }
    do throws(BusError) {
      try bus.send(CandyDispense(request: request, count: 1))
      step = .rewarding
      print("Right! Take your candy.")
    } catch {
      wait(because: error.message)
    }
  }
}
