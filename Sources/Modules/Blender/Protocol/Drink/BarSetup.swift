/// How a bar is set up: what its pumps hold, how fast they are, and what may be ordered from it.
public struct BarSetup: Equatable, Sendable {
  /// What a time or a ratio that somebody sets may be: more is a slip of the keyboard.
  public static let secondsPerLitreRange = 1.0...10_000
  /// What the ratio of a pump may be.
  public static let speedRatioRange = 0.01...100.0

  /// One of the pumps.
  public struct PumpSetup: Equatable, Sendable {
    /// What it pumps, for people and recipes.
    public var name: String
    /// Whether it may be used.
    public var isEnabled = true
    /// How much longer it takes than a usual one for the same volume; 1 is usual.
    public var speedRatio = 1.0
    /// How long it takes to fill its tube.
    public var refillTime: Duration

    /// The usual pump: the further its tube, the longer it takes to fill it, 2 to 5 s.
    ///
    /// - Parameter pump: which one it is.
    public init(_ pump: Pump) {
      name = "pump \(pump)"
      // The real back ends: 1 + ceil((pump + 1) / 2).
      refillTime = .seconds(1 + (pump.index + 2) / 2)
    }
  }

  /// The pumps by their numbers.
  public private(set) var pumps = Pump.allCases.map(PumpSetup.init)
  /// How long a usual pump takes for a litre, in seconds.
  public var secondsPerLitre = 213.0
  /// The longest time for which a pump may run. No message changes it.
  public var pumpTimeMax = Duration.seconds(120)
  /// The largest drink, in litres. No message changes it.
  public var drinkLitresMax = 1.0
  /// What can be ordered by its name.
  public var recipes: [Recipe] = []

  /// A bar as it comes.
  public init() {}

  /// How one of the pumps is set up.
  public subscript(pump: Pump) -> PumpSetup {
    get { pumps[pump.index] }
    set { pumps[pump.index] = newValue }
  }

  /// How long a pump runs for a volume: to the nearest 0.1 s, and at least that if there is anything to pour.
  ///
  /// - Parameters:
  ///   - litres: not negative.
  ///   - pump: which one.
  public func time(for litres: Double, pump: Pump) -> Duration {
    let tenths = (litres * secondsPerLitre * self[pump].speedRatio * 10).rounded()
    return litres > 0 ? .milliseconds(100 * Int64(min(max(tenths, 1), 1e12))) : .zero
  }

  /// The ratio that makes a pump pour what was ordered, after it ran this long and this much came.
  ///
  /// - Parameters:
  ///   - time: how long it ran.
  ///   - litres: what came, above 0.
  public func speedRatio(after time: Duration, poured litres: Double) -> Double {
    time / .seconds(1) / (litres * secondsPerLitre)
  }
}

/// A drink that has a name.
public struct Recipe: Equatable, Sendable {
  /// What it is ordered by.
  public let name: String
  /// Which share of the cup each pump pours.
  public let shares: [PumpShare]

  /// - Parameters:
  ///   - name: what it is ordered by.
  ///   - shares: which share of the cup each pump pours.
  public init(name: String, shares: [PumpShare]) {
    self.name = name
    self.shares = shares
  }
}

/// What a pump adds to a drink.
public struct PumpShare: Equatable, Sendable {
  /// Counts from 0; whatever was asked for until it is checked.
  public let pump: Int
  /// The share of the cup, 0 to 1.
  public let ratio: Double

  /// - Parameters:
  ///   - pump: counts from 0.
  ///   - ratio: the share of the cup, 0 to 1.
  public init(pump: Int, ratio: Double) {
    self.pump = pump
    self.ratio = ratio
  }
}
