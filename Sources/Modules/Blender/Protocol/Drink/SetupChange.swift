/// What a screen may change about a bar. Nothing of it raises a limit.
public enum SetupChange: Equatable, Sendable {
  /// Whether a pump may be used.
  case isEnabled(pump: Int, Bool)
  /// How long it takes to fill a pump's tube.
  case refillTime(pump: Int, Duration)
  /// How much longer a pump takes than a usual one.
  case speedRatio(pump: Int, Double)
  /// How long a usual pump takes for a litre, in seconds.
  case secondsPerLitre(Double)
  /// How much came from a pump that ran this long; its ratio follows from that.
  case poured(pump: Int, litres: Double, in: Duration)
}

extension BarSetup {
  /// Changes what a screen may change.
  ///
  /// - Throws: `BarRefusal` if the value makes no sense; nothing has changed then.
  public mutating func apply(_ change: SetupChange) throws(BarRefusal) {
    switch change {
    case .isEnabled(let pump, let isEnabled): self[try check(pump)].isEnabled = isEnabled
    case .refillTime(let pump, let time):
      guard time > .zero, time <= pumpTimeMax else {
        throw BarRefusal("a refill time must be above 0 and at most \(pumpTimeMax.seconds) s, not \(time.seconds)")
      }
      self[try check(pump)].refillTime = time
    case .speedRatio(let pump, let ratio): self[try check(pump)].speedRatio = try check(ratio)
    case .secondsPerLitre(let seconds):
      guard Self.secondsPerLitreRange.contains(seconds) else {
        throw BarRefusal("seconds per litre must be from 1 to 10000, not \(seconds)")
      }
      secondsPerLitre = seconds
    case .poured(let pump, let litres, let time):
      guard litres > 0, litres <= 10, time > .zero else {
        throw BarRefusal("measure again: \(litres) L in \(time.seconds) s cannot be")
      }
      self[try check(pump)].speedRatio = try check(speedRatio(after: time, poured: litres))
    }
  }

  private func check(_ ratio: Double) throws(BarRefusal) -> Double {
    guard Self.speedRatioRange.contains(ratio) else {
      throw BarRefusal("a speed ratio must be from 0.01 to 100, not \(ratio)")
    }
    return ratio
  }
}
