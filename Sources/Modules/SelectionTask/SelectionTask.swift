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
  private var isReady = false
  private var trial = 0
  private var points = 0
  private var keyboard = LineInput()

  private enum Step {
    /// The dispenser is not ready.
    case waiting
    case asking
    /// A candy was asked for, and its fate is open.
    case rewarding(Job<CandyDispense>)
    case over
  }

  init(bus: Bus) {
    self.bus = bus
    trials = bus.options[Self.trials]
    chance = bus.options[Self.chance]
    // Of the dispenser that gets its commands: `--instance` is that of both.
    bus.listen(for: [Subscription(.candyStatus, instance: bus.configuration.instance, requests: false)])
    bus.wake(on: .standardInput)
    print("Waiting for the dispenser.")
  }

  /// Over, or nobody is there to answer.
  var isFinished: Bool {
    switch step {
    case .over: true
    case .asking: keyboard.isOver
    case .waiting, .rewarding: false
    }
  }

  mutating func process() throws {
    while bus.hasData {
      if let state = try bus.getData().decode(CandyStatus.self) { isReady = state.link == .connected }
    }
    if case .rewarding(let job) = step, let outcome = job.outcome { end(outcome) }
    if case .waiting = step, isReady { ask() }
    if bus.isReady(.standardInput) { keyboard.read() }
    if keyboard.isOver { bus.stopWaking(on: .standardInput) }
    while case .asking = step, let line = keyboard.next() { choose(line) }
  }

  /// The fate of a candy, whoever was away meanwhile.
  private mutating func end(_ outcome: CandyOutcome) {
    switch outcome.outcome {
    case .done where outcome.taken > 0: points += 1
    case .done: print("The candy was left lying.")
    default:
      print("No candy: \(outcome.text)")
      step = .waiting
      if !isReady { print("Waiting for the dispenser.") }
      return
    }
    ask()
  }

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
      step = .rewarding(try bus.job(CandyDispense(request: 0)))
      print("Right! Take your candy.")
    } catch {
      print("No candy: \(error.message)")
      step = .waiting
    }
  }
}
