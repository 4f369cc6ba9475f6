import BlenderProtocol
import Testing

@Suite("Orders")
struct BarOrderTests {
  private let setup = BarSetup()

  private func blend(_ cup: Double, _ ratios: KeyValuePairs<Int, Double>) -> BarOrder {
    .blend(cup: cup, shares: ratios.map { PumpShare(pump: $0.key, ratio: $0.value) })
  }

  private func tenths(_ order: BarOrder, of setup: BarSetup? = nil) throws -> [Int: Int] {
    let runs = try (setup ?? self.setup).runs(for: order)
    return Dictionary(uniqueKeysWithValues: runs.map { ($0.pump.index, Int($0.time / .milliseconds(100))) })
  }

  private func refusal(_ order: BarOrder, of setup: BarSetup? = nil) -> String? {
    do throws(BarRefusal) {
      _ = try (setup ?? self.setup).runs(for: order)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("the README's drink takes each pump as long as its share, to the nearest tenth of a second")
  func readme() throws {
    // The original cuts to 1, 0 and 5 s: the second pump pours nothing.
    #expect(try tenths(blend(0.04, [1: 0.2, 2: 0.1, 5: 0.7])) == [1: 17, 2: 9, 5: 60])
    #expect(try tenths(blend(0.25, [0: 0.2, 3: 0.8])) == [0: 107, 3: 426])
  }

  @Test("a share above 0 is never poured for 0 s, and one of 0 not at all")
  func least() throws {
    #expect(try tenths(blend(0.001, [2: 0.01, 4: 0])) == [2: 1])
  }

  @Test("a slower pump runs longer, and so do all at another rate")
  func ratios() throws {
    var setup = BarSetup()
    setup.secondsPerLitre = 100
    setup[Pump.allCases[3]].speedRatio = 1.5
    #expect(try tenths(blend(0.1, [2: 0.5, 3: 0.5]), of: setup) == [2: 50, 3: 75])
  }

  @Test(
    "what makes no sense is refused with a reason",
    arguments: [
      (0.0, [0: 1.0], "the cup's size must be above 0 and at most 1.0 L, not 0.0"),
      (-0.25, [0: 1.0], "the cup's size must be above 0 and at most 1.0 L, not -0.25"),
      (.nan, [0: 1.0], "the cup's size must be above 0 and at most 1.0 L, not nan"),
      (.infinity, [0: 1.0], "the cup's size must be above 0 and at most 1.0 L, not inf"),
      (3.0, [0: 1.0], "the cup's size must be above 0 and at most 1.0 L, not 3.0"),
      (0.25, [:], "nothing is to be poured: no share is above 0"),
      (0.25, [1: 0], "nothing is to be poured: no share is above 0"),
      (0.25, [0: 1.5], "the share of pump 0 must be from 0 to 1, not 1.5"),
      (0.25, [0: -0.2], "the share of pump 0 must be from 0 to 1, not -0.2"),
      (0.25, [0: .nan], "the share of pump 0 must be from 0 to 1, not nan"),
      (0.25, [8: 0.2], "there is no pump 8; they are numbered from 0 to 7"),
      (0.25, [-1: 0.2], "there is no pump -1; they are numbered from 0 to 7"),
      (0.25, [300: 0.2], "there is no pump 300; they are numbered from 0 to 7"),
      (1.0, [0: 1.0], "pump 0 would run 213.0 s, and its limit is 120.0 s; order less"),
      (0.5, [0: 1.0, 1: 1, 2: 1], "the shares are 1.5 L together, and a drink has at most 1.0 L"),
    ] as [(Double, [Int: Double], String)])
  func refused(_ cup: Double, _ ratios: [Int: Double], _ reason: String) {
    #expect(refusal(.blend(cup: cup, shares: ratios.map { PumpShare(pump: $0.key, ratio: $0.value) })) == reason)
  }

  @Test("ten tenths of the largest drink are one")
  func tenTenths() throws {
    var setup = BarSetup()
    setup.drinkLitresMax = 0.3
    let shares = (0..<8).map { PumpShare(pump: $0, ratio: $0 < 2 ? 0.2 : 0.1) }
    #expect(try setup.runs(for: .blend(cup: 0.3, shares: shares)).count == 8)
  }

  @Test("a pump asked for twice is refused")
  func twice() {
    #expect(refusal(blend(0.25, [3: 0.2, 3: 0.3])) == "pump 3 is asked for twice")
  }

  @Test("a pump that is switched off is refused by name, but a share of 0 of it is not")
  func disabled() throws {
    var setup = BarSetup()
    setup[Pump.allCases[3]].isEnabled = false
    setup[Pump.allCases[3]].name = "Tonic"
    let reason = "pump 3 (Tonic) is switched off; switch it on in the setup"
    #expect(refusal(blend(0.25, [0: 0.2, 3: 0.8]), of: setup) == reason)
    #expect(refusal(.refill(pump: 3), of: setup) == reason)
    #expect(try tenths(blend(0.25, [0: 0.2, 3: 0]), of: setup) == [0: 107])
  }

  @Test("a refill takes 2 to 5 s by the pump's position, or what was set")
  func refill() throws {
    #expect(try (0..<8).map { try tenths(.refill(pump: $0))[$0] } == [20, 20, 30, 30, 40, 40, 50, 50])
    #expect(refusal(.refill(pump: 8)) == "there is no pump 8; they are numbered from 0 to 7")
  }

  @Test("a calibration stays within the pump's limit")
  func calibrate() throws {
    #expect(try tenths(.calibrate(pump: 3, time: .seconds(10))) == [3: 100])
    #expect(
      refusal(.calibrate(pump: 3, time: .seconds(300)))
        == "pump 3 would run 300.0 s, and its limit is 120.0 s; order less")
    #expect(refusal(.calibrate(pump: 3, time: .zero)) == "pump 3 must run longer than 0 s")
  }

  @Test("a drink can be ordered by its name")
  func recipes() throws {
    var setup = BarSetup()
    #expect(refusal(.recipe("Gin Tonic", cup: 0.25)) == "there is no recipe 'Gin Tonic'; none is configured")
    setup.recipes = [
      Recipe(name: "Gin Tonic", shares: [PumpShare(pump: 0, ratio: 0.2), PumpShare(pump: 3, ratio: 0.8)])
    ]
    #expect(try tenths(.recipe("Gin Tonic", cup: 0.25), of: setup) == [0: 107, 3: 426])
    #expect(refusal(.recipe("Gin", cup: 0.25), of: setup) == "there is no recipe 'Gin'; there is Gin Tonic")
  }

  @Test("what a screen sets counts, and nonsense changes nothing")
  func changes() throws {
    var setup = BarSetup()
    try setup.apply(.isEnabled(pump: 7, false))
    try setup.apply(.refillTime(pump: 2, .seconds(4)))
    try setup.apply(.speedRatio(pump: 1, 1.25))
    try setup.apply(.secondsPerLitre(200))
    #expect(!setup.pumps[7].isEnabled && setup.pumps[2].refillTime == .seconds(4))
    #expect(setup.pumps[1].speedRatio == 1.25 && setup.secondsPerLitre == 200)
    // 40 ml in 10 s: 250 s/L, and usual is 200.
    try setup.apply(.poured(pump: 4, litres: 0.04, in: .seconds(10)))
    #expect(setup.pumps[4].speedRatio == 1.25)
    let before = setup
    for change: SetupChange in [
      .isEnabled(pump: 8, true), .refillTime(pump: 2, .seconds(300)), .refillTime(pump: 2, .zero),
      .speedRatio(pump: 1, 0), .speedRatio(pump: 1, .nan), .secondsPerLitre(-1), .secondsPerLitre(.infinity),
      .poured(pump: 4, litres: 0, in: .seconds(10)), .poured(pump: 4, litres: 1, in: .zero),
    ] {
      #expect(throws: BarRefusal.self, "\(change)") {
        var changed = before
        try changed.apply(change)
      }
      try? setup.apply(change)
      #expect(setup == before)
    }
  }
}
