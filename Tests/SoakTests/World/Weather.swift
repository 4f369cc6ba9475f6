import BusManagerCore
import TestSupport

/// How bad the days of one run are, and how much room there is.
struct Weather {
  var limits = ManagerLimits()
  var moduleCount: Int
  var stepCount: Int
  /// One out of so many steps cuts a connection, and so on.
  var cutEvery: Int
  var killEvery: Int
  var managerEndEvery: Int
  var sleepEvery: Int
  var stallEvery: Int
  /// Reads and writes take a part only.
  var isChoppy: Bool
  /// The largest payload that is sent often.
  var payloadBytesMax: Int

  init(using random: inout SeededRandom) {
    moduleCount = .random(in: 2...6, using: &random)
    stepCount = [25, 60, 200].randomElement(using: &random)!
    cutEvery = [60, 200, 100_000].randomElement(using: &random)!
    killEvery = [80, 300, 100_000].randomElement(using: &random)!
    managerEndEvery = [150, 600, 100_000].randomElement(using: &random)!
    sleepEvery = [20, 60, 200].randomElement(using: &random)!
    stallEvery = [20, 100, 1000].randomElement(using: &random)!
    isChoppy = .random(using: &random)
    payloadBytesMax = [40, 300, 3000].randomElement(using: &random)!
    limits.queueBytesMax = 1 << Int.random(in: 11...18, using: &random)
    limits.queuesBytesMax = [512 << 10, 1 << 20, 64 << 20].randomElement(using: &random)!
    limits.retainedBytesMax = [10_000, 200_000, 16 << 20].randomElement(using: &random)!
    limits.payloadBytesMax = min(512 << 10, limits.queuesBytesMax / 4)
  }
}
