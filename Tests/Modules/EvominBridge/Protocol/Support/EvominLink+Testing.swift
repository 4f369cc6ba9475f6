import EvominBridgeProtocol

/// Milliseconds as a link counts them.
func ms(_ milliseconds: UInt64) -> UInt64 { milliseconds * 1_000_000 }

extension EvominLink {
  /// An open link whose first preamble has been taken.
  static func opened(_ settings: EvominSettings = EvominSettings(), seed: UInt64 = 1, at now: UInt64 = 0) -> EvominLink
  {
    var link = EvominLink(settings, random: EvominRandom(seed: seed))
    link.open(at: now)
    _ = link.takeActions()
    return link
  }

  mutating func takeActions() -> [EvominAction] {
    var actions = [EvominAction]()
    while let action = nextAction() { actions.append(action) }
    return actions
  }

  /// What is written and received when these bytes come.
  mutating func actions(receiving bytes: [UInt8], at now: UInt64) -> [EvominAction] {
    receive(bytes, at: now)
    return takeActions()
  }

  /// Lets time pass, from deadline to deadline.
  mutating func run(until end: UInt64) -> [EvominAction] {
    var actions = takeActions()
    while let deadline, deadline <= end {
      tick(at: deadline)
      actions += takeActions()
    }
    return actions
  }
}

extension [EvominAction] {
  /// All bytes written.
  var written: [UInt8] {
    flatMap { action -> [UInt8] in
      guard case .write(let wire) = action else { return [] }
      return [UInt8](wire)
    }
  }

  /// Frames received, duplicates among them.
  var received: [EvominFrame] {
    compactMap { action in
      guard case .received(let frame, _) = action else { return nil }
      return frame
    }
  }
}
