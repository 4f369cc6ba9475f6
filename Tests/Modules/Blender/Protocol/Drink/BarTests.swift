import BlenderProtocol
import Testing

@Suite("The bar")
struct BarTests {
  private let pumps = Pump.allCases

  private func running(_ runs: [Int: Int], at now: Duration = .seconds(100)) -> Bar {
    var bar = Bar()
    let runs = runs.map { PumpRun(pump: pumps[$0.key], time: .milliseconds($0.value)) }
    bar.begin(.blend, request: 7, runs, expected: runs.map(\.time).max() ?? .zero, at: now)
    return bar
  }

  private func isRunning(_ bar: inout Bar) -> Bool { bar.end() == nil }

  @Test("it shows how far it is at the beginning and each second, never 0 before its end, and then 0")
  func statuses() throws {
    var bar = running([1: 1700, 5: 2400])
    var seen: [Int] = []
    var now = Duration.seconds(100)
    while now < .seconds(104) {
      if let status = bar.nextStatus(at: now) {
        #expect(status.initialSeconds == 3 && status.action == .blend)
        seen.append(status.remainingSeconds)
      }
      now += .milliseconds(10)
    }
    // The pumps are late: it says 1 until they are done.
    #expect(seen == [3, 2, 1, 1])
    for pump in [1, 5] { bar.enter(pumps[pump], isOn: true, at: .seconds(100)) }
    bar.enter(pumps[1], isOn: false, at: .milliseconds(101_700))
    let isRunning = isRunning(&bar)
    #expect(isRunning)
    bar.enter(pumps[5], isOn: false, at: .milliseconds(102_400))
    let ended = bar.end()
    let ending = try #require(ended)
    #expect(ending.request == 7 && ending.result == .done && ending.text == "the drink is ready")
    #expect(ending.status.action == .blend && ending.status.initialSeconds == 3 && ending.status.remainingSeconds == 0)
    #expect(ending.runs.map(\.time) == [.milliseconds(1700), .milliseconds(2400)])
    let again = bar.end()
    #expect(again == nil && bar.deadline == nil && bar.status(at: now) == nil)
  }

  @Test("after a pause the seconds go on from their beginning")
  func pause() {
    var bar = running([0: 10_000])
    let first = bar.nextStatus(at: .seconds(100))
    let next = bar.nextStatus(at: .milliseconds(105_300))
    #expect(first != nil && next?.remainingSeconds == 5)
    #expect(bar.deadline == .seconds(106))
  }

  @Test("a second order is refused in the words of the README, with what remains")
  func busy() {
    var bar = running([0: 3000])
    #expect(throws: BarRefusal("Already blending ! Retry in 3 sec")) { try bar.checkIsIdle(at: .seconds(100)) }
    #expect(throws: BarRefusal("Already blending ! Retry in 2 sec")) { try bar.checkIsIdle(at: .milliseconds(101_500)) }
    bar.enter(pumps[0], isOn: true, at: .seconds(100))
    bar.enter(pumps[0], isOn: false, at: .seconds(103))
    let ended = bar.end()
    #expect(ended != nil)
    #expect(throws: Never.self) { try bar.checkIsIdle(at: .seconds(103)) }
    bar.begin(.refill, request: 8, [], expected: .seconds(4), at: .seconds(103))
    #expect(throws: BarRefusal("Already refilling ! Retry in 4 sec")) { try bar.checkIsIdle(at: .seconds(103)) }
  }

  @Test("the pumps that run are shown")
  func shown() {
    var bar = running([1: 1000, 5: 2000])
    for pump in [1, 5] { bar.enter(pumps[pump], isOn: true, at: .seconds(100)) }
    #expect(bar.status(at: .seconds(100))?.running.pumps == [pumps[1], pumps[5]])
    bar.enter(pumps[1], isOn: false, at: .seconds(101))
    #expect(bar.status(at: .seconds(101))?.running.pumps == [pumps[5]])
  }

  @Test("a cancelled order says how far each pump came")
  func cancelled() throws {
    var bar = running([1: 1000, 5: 8000])
    for pump in [1, 5] { bar.enter(pumps[pump], isOn: true, at: .seconds(100)) }
    bar.enter(pumps[1], isOn: false, at: .seconds(101))
    bar.stop(as: .cancelled, "stopped", at: .milliseconds(103_250))
    bar.stop(as: .failed(mayHavePoured: false), "too late to count", at: .milliseconds(103_260))
    let isRunning = isRunning(&bar)
    #expect(isRunning)
    bar.enter(pumps[5], isOn: false, at: .milliseconds(103_250))
    let ended = bar.end()
    let ending = try #require(ended)
    #expect(ending.result == .cancelled && ending.text == "stopped: pump 5 ran 3.3 of 8.0 s")
  }

  @Test("pumps that are off too early make it fail, with the alarm as the reason")
  func early() throws {
    var bar = running([0: 8000])
    bar.enter(pumps[0], isOn: true, at: .seconds(100))
    bar.enter(alarm: "no sign of life for 0.5 s")
    bar.enter(pumps[0], isOn: false, at: .seconds(102))
    let ended = bar.end()
    let ending = try #require(ended)
    #expect(ending.result == .failed(mayHavePoured: false))
    #expect(ending.text == "no sign of life for 0.5 s: pump 0 ran 2.0 of 8.0 s")
  }

  @Test("an alarm explains the order during which it came, not the next one")
  func oldAlarm() throws {
    var bar = running([0: 1000])
    bar.enter(pumps[0], isOn: true, at: .seconds(100))
    bar.enter(alarm: "no sign of life for 0.5 s")
    bar.enter(pumps[0], isOn: false, at: .seconds(101))
    var ended = bar.end()
    #expect(ended?.result == .done)
    bar.begin(
      .blend, request: 8, [PumpRun(pump: pumps[0], time: .seconds(2))], expected: .seconds(2), at: .seconds(110))
    bar.enter(pumps[0], isOn: true, at: .seconds(110))
    bar.enter(pumps[0], isOn: false, at: .seconds(111))
    ended = bar.end()
    #expect(ended?.text == "the pumps were switched off early: pump 0 ran 1.0 of 2.0 s")
  }

  @Test("a pump that never went on makes it fail as well")
  func never() throws {
    var bar = running([0: 800, 1: 800])
    bar.enter(pumps[0], isOn: true, at: .seconds(100))
    bar.enter(pumps[0], isOn: false, at: .milliseconds(100_800))
    let isRunning = isRunning(&bar)
    #expect(isRunning)
    bar.enter(pumps[1], isOn: false, at: .milliseconds(100_800))
    let ended = bar.end()
    #expect(ended?.text == "the pumps were switched off early: pump 1 ran 0.0 of 0.8 s")
  }

  @Test("it ends at once when the guard of the pumps is gone")
  func lost() throws {
    var bar = running([0: 8000])
    bar.enter(pumps[0], isOn: true, at: .seconds(100))
    bar.stop(as: .failed(mayHavePoured: true), "the guard has ended", arePumpsOff: true, at: .seconds(101))
    let ended = bar.end()
    let ending = try #require(ended)
    #expect(ending.result == .failed(mayHavePoured: true))
    #expect(ending.text == "the guard has ended: pump 0 ran 1.0 of 8.0 s" && ending.runs.map(\.time) == [.seconds(1)])
  }

  @Test("that nobody knows how much was poured outweighs why it was to end")
  func unknown() throws {
    var bar = running([0: 8000])
    bar.enter(pumps[0], isOn: true, at: .seconds(100))
    bar.stop(as: .cancelled, "stopped", at: .seconds(101))
    bar.stop(as: .failed(mayHavePoured: true), "the plug was pulled", arePumpsOff: true, at: .seconds(102))
    let ended = bar.end()
    #expect(ended?.result == .failed(mayHavePoured: true))
    #expect(ended?.text == "the plug was pulled: pump 0 ran 2.0 of 8.0 s")
  }

  @Test("another pump's reports mean nothing to it")
  func others() throws {
    var bar = running([0: 1000])
    bar.enter(pumps[0], isOn: true, at: .seconds(100))
    bar.enter(pumps[4], isOn: false, at: .seconds(100))
    let isRunning = isRunning(&bar)
    #expect(isRunning)
  }
}
