import BlenderProtocol
import BusClient
import Testing

@testable import blender

@Suite("Where the pumps' lines are")
struct PumpLinesTests {
  private func lines(_ arguments: String...) throws -> PumpLines? {
    PumpLines(
      try GivenOptions(arguments, PumpLines.options + [Option.sim]), BarConfiguration(), simulatedAt: "/tmp/usual")
  }

  @Test("is said by options, with the pins that the AutoBarMaid has always had")
  func options() throws {
    #expect(try lines() == nil)
    #expect(try lines("--sim") == PumpLines(.simulated(path: "/tmp/usual")))
    #expect(try lines("--sim", "--sim-lines", "x:y") == PumpLines(.simulated(path: "x:y")))
    let usual = try #require(try lines("--gpio"))
    #expect(usual == PumpLines(.gpio(chip: nil, lines: PumpLines.usualPins, isActiveLow: false)))
    #expect(PumpLines.usualPins.map(\.offset) == [4, 17, 18, 27, 22, 23, 24, 25])
    #expect(
      try lines("--gpio", "--chip", "gpiochip0", "--pins", "0,1,2,3,4,5,6,BCM7", "--active-low")
        == PumpLines(
          .gpio(chip: "gpiochip0", lines: (0..<7).map { .offset($0) } + [.bcm(7)], isActiveLow: true)))
  }

  @Test("is the same when another process reads it")
  func text() throws {
    for given in [try lines("--sim"), try lines("--gpio"), try lines("--gpio", "--chip", "x", "--active-low")] {
      let given = try #require(given)
      #expect(try PumpLines("\(given)") == given)
    }
    #expect("\(try lines("--gpio")!)" == "gpio::BOARD7,BOARD11,BOARD12,BOARD13,BOARD15,BOARD16,BOARD18,BOARD22:high")
  }

  @Test(
    "is refused if it is nowhere", arguments: ["", "x", "sim", "gpio:", "gpio:a:1,2:high", "gpio::0,1,2,3,4,5,6,7:up"])
  func nowhere(text: String) { #expect(throws: UsageError.self) { _ = try PumpLines(text) } }

  @Test("is not there with seven pins, or with one that is power")
  func pins() {
    #expect(throws: UsageError.self) { _ = try lines("--gpio", "--pins", "1,2,3,4,5,6,7") }
    let error = #expect(throws: UsageError.self) { _ = try lines("--gpio", "--pins", "BOARD1,2,3,4,5,6,7,8") }
    #expect(error?.description.hasPrefix("--pins: pin 1 of the header is no GPIO line") == true)
  }
}

@Suite("The drawing of the pumps")
struct PumpDisplayTests {
  @Test("shows which are on, for how long, and how long the others were")
  func line() {
    var running = [Duration?](repeating: nil, count: 8)
    var before = running
    running[1] = .milliseconds(2449)
    before[2] = .seconds(10)
    #expect(PumpDisplay.line(running, before) == "○0  ●1 2.4 s  ○2 10.0 s  ○3  ○4  ○5  ○6  ○7")
  }
}
