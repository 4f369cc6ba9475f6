import BlenderProtocol
import BusClient
import TestSupport
import Testing
import YAMLText

@testable import blender

@Suite("The bar's configuration")
struct BarConfigurationTests {
  private func read(_ text: String) throws -> BarConfiguration {
    try BarConfiguration(reading: Array(text.utf8), path: "bar.yaml")
  }

  private func problems(_ text: String) -> [String] {
    do throws(SettingsError) {
      _ = try BarConfiguration(reading: Array(text.utf8), path: "bar.yaml")
      return []
    } catch {
      return error.diagnostics.map(\.text)
    }
  }

  @Test("the example is read, and what it leaves out is usual")
  func example() throws {
    let bar = try read(Fixture.text("Examples/blender.yaml"))
    #expect(bar.setup.pumps.map(\.name).prefix(4) == ["Gin", "Rum", "Vodka", "Tonic"])
    #expect(bar.setup.pumps[1].speedRatio == 1.1 && bar.setup.pumps[5].refillTime == .milliseconds(4500))
    #expect(bar.setup.recipes.first?.shares == [PumpShare(pump: 0, ratio: 0.2), PumpShare(pump: 3, ratio: 0.8)])
    #expect(bar.pins.map(\.offset) == PumpLines.usualPins.map(\.offset))
    #expect(bar.address == .tcp(host: "127.0.0.1", port: 8765) && bar.setup.pumpTimeMax == .seconds(120))
  }

  @Test("an empty file is the usual bar")
  func empty() throws {
    #expect(try read("").setup == BarSetup())
  }

  @Test(
    "each mistake is reported with its place and what to do",
    arguments: [
      ("pumps: { 8: { name: Gin } }", "bar.yaml:1:10: error: a pump is a number from 0 to 7, not '8'"),
      ("pumps:\n  0: { speed_ratio: 0 }", "bar.yaml:2:21: error: 'speed_ratio' must be from 0.01 to 100.0, not 0.0"),
      ("pumps:\n  0: { refill_time: 300 }", "bar.yaml:2:21: error: 'refill_time' must be from 0.1 to 120.0, not 300.0"),
      ("pumps:\n  0: { enabled: yes }", "bar.yaml:2:17: error: 'enabled' must be true or false, not 'yes'"),
      ("pumps:\n  0: { line: BOARD1 }", "bar.yaml:2:14: error: pin 1 of the header is no GPIO line"),
      (
        "pumps:\n  0: { line: BCM17 }",
        "bar.yaml:2:14: error: line BCM17 is that of pump 1, too; give each pump a line of its own"
      ),
      ("pumps:\n  0: { name: Gin }\n  3: { name: Gin }", "bar.yaml:3:14: error: pump 0 is called 'Gin', too"),
      ("recipes:\n  Negroni: { Campari: 0.3 }", "bar.yaml:2:14: error: no pump is called 'Campari'"),
      ("recipes:\n  Nothing: { 0: 0 }", "bar.yaml:2:3: error: recipe 'Nothing': nothing is to be poured"),
      ("recipes:\n  Much: { 0: 1.5 }", "bar.yaml:2:14: error: '0' must be from 0.0 to 1.0, not 1.5"),
      ("limits: { pump_time: nan }", "bar.yaml:1:22: error: 'pump_time' must be a finite number"),
      ("limits: { drinks: 2 }", "bar.yaml:1:11: error: unknown key 'drinks' in 'limits'; did you mean 'drink'?"),
      (
        "gpio: { active: down }",
        "bar.yaml:1:17: error: 'active' must be high or low: what switches a pump on; not 'down'"
      ),
      ("screens: { address: nowhere }", "bar.yaml:1:21: error: "),
      ("screens: { hosts: pi }", "bar.yaml:1:19: error: 'hosts' must be a list"),
      ("seconds_per_litre: -213", "bar.yaml:1:20: error: 'seconds_per_litre' must be from 1.0 to 10000.0, not -213.0"),
      ("pumps: [1, 2]", "bar.yaml:1:8: error: 'pumps' must be a mapping"),
    ])
  func mistakes(_ text: String, _ problem: String) {
    let found = problems(text)
    #expect(found.count == 1 && found[0].hasPrefix(problem), "\(found)")
  }

  @Test("all mistakes are reported in one run, from top to bottom")
  func all() {
    #expect(
      problems("limits: { drink: 99 }\npumps:\n  9: {}\n  0: { enabled: 1 }").map { $0.prefix(10) } == [
        "bar.yaml:1", "bar.yaml:3", "bar.yaml:4",
      ])
  }
}
