/// What somebody wants from the bar. Only one at a time is carried out.
public enum BarOrder: Equatable, Sendable {
  /// A drink: the cup's size in litres, and the share of each pump.
  case blend(cup: Double, shares: [PumpShare])
  /// A drink that has a name.
  case recipe(String, cup: Double)
  /// The tube of a pump is filled after its container was changed.
  case refill(pump: Int)
  /// A pump runs this long, and somebody measures how much comes.
  case calibrate(pump: Int, time: Duration)

  /// What the bar does while it carries this out.
  public var action: BarAction {
    switch self {
    case .blend, .recipe: .blend
    case .refill: .refill
    case .calibrate: .calibrate
    }
  }
}

/// What a bar does.
public enum BarAction: String, Sendable {
  /// It mixes a drink.
  case blend
  /// It fills a tube.
  case refill
  /// It runs a pump for somebody who measures.
  case calibrate

  /// What is said when it is done.
  public var success: String {
    switch self {
    case .blend: "the drink is ready"
    case .refill: "the tube is full"
    case .calibrate: "measure what came"
    }
  }

  /// What it is doing, in a word: `blending`.
  public var participle: String {
    switch self {
    case .blend: "blending"
    case .refill: "refilling"
    case .calibrate: "calibrating"
    }
  }
}

/// How long a pump runs.
public struct PumpRun: Equatable, Sendable {
  /// Which one.
  public let pump: Pump
  /// Above 0.
  public let time: Duration

  /// - Parameters:
  ///   - pump: which one.
  ///   - time: above 0.
  public init(pump: Pump, time: Duration) {
    self.pump = pump
    self.time = time
  }
}

/// Why an order is not carried out. Nothing has moved.
public struct BarRefusal: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what to do.
  public let description: String

  /// - Parameter description: what is wrong, and what to do.
  public init(_ description: String) { self.description = description }
}

extension BarSetup {
  /// What the pumps have to do for an order: ascending by pump, each once.
  ///
  /// - Throws: `BarRefusal` if it makes no sense or goes beyond a limit.
  public func runs(for order: BarOrder) throws(BarRefusal) -> [PumpRun] {
    let runs =
      switch order {
      case .blend(let cup, let shares): try runs(cup: cup, shares)
      case .recipe(let name, let cup): try runs(cup: cup, try recipe(name).shares)
      case .refill(let pump): try refill(pump)
      case .calibrate(let pump, let time): [PumpRun(pump: try check(pump), time: time)]
      }
    for run in runs { try check(run) }
    return runs
  }

  private func recipe(_ name: String) throws(BarRefusal) -> Recipe {
    if let recipe = recipes.first(where: { $0.name == name }) { return recipe }
    let known = recipes.isEmpty ? "none is configured" : "there is " + recipes.map(\.name).joined(separator: ", ")
    throw BarRefusal("there is no recipe '\(name)'; \(known)")
  }

  private func runs(cup: Double, _ shares: [PumpShare]) throws(BarRefusal) -> [PumpRun] {
    guard cup > 0, cup <= drinkLitresMax else {
      throw BarRefusal("the cup's size must be above 0 and at most \(drinkLitresMax) L, not \(cup)")
    }
    var litres = [Double](repeating: 0, count: Pump.count)
    for share in shares {
      let pump = try check(share.pump)
      guard (0...1).contains(share.ratio) else {
        throw BarRefusal("the share of pump \(share.pump) must be from 0 to 1, not \(share.ratio)")
      }
      guard litres[pump.index] == 0 else { throw BarRefusal("pump \(pump) is asked for twice") }
      litres[pump.index] = share.ratio * cup
    }
    let drink = litres.reduce(0, +)
    guard drink > 0 else { throw BarRefusal("nothing is to be poured: no share is above 0") }
    // Shares are decimal fractions: ten tenths may be a little more than one.
    guard drink <= drinkLitresMax * (1 + 1e-9) else {
      throw BarRefusal("the shares are \(drink) L together, and a drink has at most \(drinkLitresMax) L")
    }
    return Pump.allCases.filter { litres[$0.index] > 0 }.map {
      PumpRun(pump: $0, time: time(for: litres[$0.index], pump: $0))
    }
  }

  private func refill(_ number: Int) throws(BarRefusal) -> [PumpRun] {
    let pump = try check(number)
    return [PumpRun(pump: pump, time: self[pump].refillTime)]
  }

  func check(_ number: Int) throws(BarRefusal) -> Pump {
    guard let number = UInt8(exactly: number), let pump = Pump(rawValue: number) else {
      throw BarRefusal("there is no pump \(number); they are numbered from 0 to \(Pump.count - 1)")
    }
    return pump
  }

  private func check(_ run: PumpRun) throws(BarRefusal) {
    guard self[run.pump].isEnabled else {
      throw BarRefusal("pump \(run.pump) (\(self[run.pump].name)) is switched off; switch it on in the setup")
    }
    guard run.time > .zero else { throw BarRefusal("pump \(run.pump) must run longer than 0 s") }
    guard run.time <= pumpTimeMax else {
      throw BarRefusal(
        "pump \(run.pump) would run \(run.time.seconds) s, and its limit is \(pumpTimeMax.seconds) s; order less")
    }
  }
}

extension Duration {
  /// In seconds.
  public var seconds: Double { self / .seconds(1) }

  /// In whole seconds, rounded up; 0 if it is negative.
  public var secondsUp: Int {
    let (seconds, attoseconds) = components
    return max(0, Int(seconds) + (attoseconds > 0 ? 1 : 0))
  }
}
