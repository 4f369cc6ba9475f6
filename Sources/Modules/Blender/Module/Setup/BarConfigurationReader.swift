import BlenderProtocol
import BusClient
import YAMLText

/// Reads the tree of a `blender.yaml`.
struct BarConfigurationReader: YAMLReading {
  private typealias Keys = [String: YAMLNode]

  var diagnostics: [Diagnostic] = []
  private var bar = BarConfiguration()
  private var lines: [Pump: (line: GPIOLine, place: Position)] = [:]

  mutating func configuration(in root: YAMLNode?) -> BarConfiguration {
    guard let root, !root.isEmpty else { return bar }
    let known = ["pumps", "seconds_per_litre", "limits", "gpio", "recipes", "screens"]
    guard let keys = mapping(root, keys: known, of: "the configuration") else { return bar }
    if let rate = number(keys["seconds_per_litre"], "seconds_per_litre", in: BarSetup.secondsPerLitreRange) {
      bar.setup.secondsPerLitre = rate
    }
    if let node = keys["limits"] { readLimits(node) }
    if let node = keys["gpio"] { readChip(node) }
    if let node = keys["pumps"] { readPumps(node) }
    if let node = keys["recipes"] { readRecipes(node) }
    if let node = keys["screens"] { readScreens(node) }
    return bar
  }

  private mutating func readLimits(_ node: YAMLNode) {
    guard let keys = mapping(node, keys: ["pump_time", "drink"], of: "'limits'") else { return }
    if let seconds = number(keys["pump_time"], "pump_time", in: 0.1...3600) {
      bar.setup.pumpTimeMax = .milliseconds(Int64(seconds * 1000))
    }
    if let litres = number(keys["drink"], "drink", in: 0.001...10) { bar.setup.drinkLitresMax = litres }
  }

  private mutating func readChip(_ node: YAMLNode) {
    guard let keys = mapping(node, keys: ["chip", "active"], of: "'gpio'") else { return }
    if let chip = text(keys["chip"], key: "chip") { bar.chip = chip.value }
    guard let active = text(keys["active"], key: "active") else { return }
    guard ["high", "low"].contains(active.value) else {
      return report(active.position, "'active' must be high or low: what switches a pump on; not '\(active.value)'")
    }
    bar.isActiveLow = active.value == "low"
  }

  // MARK: Pumps

  private mutating func readPumps(_ node: YAMLNode) {
    for pair in pairs(of: node, called: "'pumps'") ?? [] {
      guard let pump = pump(pair.key) else { continue }
      let known = ["name", "line", "enabled", "speed_ratio", "refill_time"]
      guard let keys = mapping(pair.value, keys: known, of: "pump \(pump)") else { continue }
      if let name = text(keys["name"], key: "name") { readName(name, of: pump) }
      if let isEnabled = bool(keys["enabled"], key: "enabled") { bar.setup[pump].isEnabled = isEnabled }
      if let ratio = number(keys["speed_ratio"], "speed_ratio", in: BarSetup.speedRatioRange) {
        bar.setup[pump].speedRatio = ratio
      }
      let limit = bar.setup.pumpTimeMax.seconds
      if let seconds = number(keys["refill_time"], "refill_time", in: 0.1...limit) {
        bar.setup[pump].refillTime = .milliseconds(Int64(seconds * 1000))
      }
      if let line = line(keys["line"]) { lines[pump] = line }
    }
    settleLines()
  }

  /// Those that are given, and the usual ones for the others.
  private mutating func settleLines() {
    for (pump, given) in lines { bar.pins[pump.index] = given.line }
    for (pump, given) in lines.sorted(by: { $0.key < $1.key }) {
      let others = Pump.allCases.filter { $0 != pump && bar.pins[$0.index].offset == given.line.offset }
      guard let other = others.first else { continue }
      report(given.place, "line \(given.line) is that of pump \(other), too; give each pump a line of its own")
    }
  }

  private mutating func line(_ node: YAMLNode?) -> (line: GPIOLine, place: Position)? {
    guard let text = text(node, key: "line") else { return nil }
    do throws(GPIOLine.ParseError) {
      return (try GPIOLine(text.value), text.position)
    } catch {
      report(text.position, "\(error)")
      return nil
    }
  }

  private mutating func readName(_ name: Located<String>, of pump: Pump) {
    if let other = Pump.allCases.first(where: { $0 != pump && bar.setup[$0].name == name.value }) {
      return report(name.position, "pump \(other) is called '\(name.value)', too; recipes could not tell them apart")
    }
    bar.setup[pump].name = name.value
  }

  private mutating func pump(_ key: Located<String>) -> Pump? {
    if let number = UInt8(key.value), let pump = Pump(rawValue: number) { return pump }
    report(key.position, "a pump is a number from 0 to \(Pump.count - 1), not '\(key.value)'")
    return nil
  }

  // MARK: Recipes

  private mutating func readRecipes(_ node: YAMLNode) {
    for pair in pairs(of: node, called: "'recipes'") ?? [] {
      guard let shares = pairs(of: pair.value, called: "recipe '\(pair.key.value)'") else { continue }
      let recipe = Recipe(name: pair.key.value, shares: shares.compactMap { share($0) })
      guard recipe.shares.count == shares.count else { continue }
      // What is wrong with it whatever the size of the cup.
      do throws(BarRefusal) {
        var setup = bar.setup
        for pump in Pump.allCases { setup[pump].isEnabled = true }
        _ = try setup.runs(for: .blend(cup: 0.001, shares: recipe.shares))
        bar.setup.recipes.append(recipe)
      } catch {
        report(pair.key.position, "recipe '\(recipe.name)': \(error)")
      }
    }
  }

  /// `Gin: 0.2`, or with the number of the pump.
  private mutating func share(_ pair: YAMLPair) -> PumpShare? {
    let name = pair.key.value
    let named = Pump.allCases.first { bar.setup[$0].name == name || "\($0)" == name }
    guard let pump = named else {
      report(pair.key.position, "no pump is called '\(name)'; give its name under 'pumps', or its number")
      return nil
    }
    guard let ratio = number(pair.value, name, in: 0...1) else { return nil }
    return PumpShare(pump: pump.index, ratio: ratio)
  }

  // MARK: Screens

  private mutating func readScreens(_ node: YAMLNode) {
    guard let keys = mapping(node, keys: ["address", "hosts", "origins"], of: "'screens'") else { return }
    bar.hosts = texts(keys["hosts"], key: "hosts")
    bar.origins = texts(keys["origins"], key: "origins")
    guard let address = text(keys["address"], key: "address") else { return }
    do throws(BusAddress.ParseError) {
      bar.address = try BusAddress(address.value)
    } catch {
      report(address.position, "\(error)")
    }
  }

  private mutating func texts(_ node: YAMLNode?, key: String) -> [String] {
    guard let node, node.content != .refused else { return [] }
    guard case .sequence(let nodes) = node.content else {
      report(node.position, "'\(key)' must be a list such as [\"one\", \"two\"], but it is \(node.kind)")
      return []
    }
    return nodes.compactMap { text($0, key: key)?.value }
  }

  // MARK: Values

  private mutating func number(_ node: YAMLNode?, _ key: String, in range: ClosedRange<Double>) -> Double? {
    guard let number = number(node, key: key) else { return nil }
    let value = number.value.real
    guard range.contains(value) else {
      report(number.position, "'\(key)' must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
      return nil
    }
    return value
  }
}
