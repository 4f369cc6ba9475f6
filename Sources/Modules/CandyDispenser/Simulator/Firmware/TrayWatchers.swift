/// How the firmware finds out that candies are taken: two tasks for each candy, and three variables that all of them
/// share. With one candy at a time that works; with more, each hand counts for every task that watches, the count of
/// candies goes below zero, and later candies are not reported at all.
struct TrayWatchers {
  /// More tasks than this do not fit into the board.
  private static let tasksMax = 64
  private static let hold: UInt64 = 250_000_000

  /// Looks at the beam.
  private struct Looker {
    enum Stage {
      case new
      case looking
      case holding
    }

    var due: UInt64
    var stage = Stage.new
  }

  /// Looks at the variable that the lookers set.
  private struct Teller {
    enum Stage {
      /// Ends if there is nothing to watch.
      case outside
      /// Goes on as long as there are candies.
      case inside
      case pausing
    }

    var due: UInt64
    var stage = Stage.outside
  }

  private var isWatching = false
  private var candies = 0
  private var isTaken = false
  private var lookers: [Looker] = []
  private var tellers: [Teller] = []

  /// When `step` is due.
  var deadline: UInt64? { (lookers.map(\.due) + tellers.map(\.due)).min() }

  mutating func candyFell(at now: UInt64) {
    candies += 1
    isWatching = true
    guard lookers.count < Self.tasksMax, tellers.count < Self.tasksMax else { return }
    lookers.append(Looker(due: now))
    tellers.append(Teller(due: now))
  }

  /// Lets every task run whose time has come.
  ///
  /// - Returns: how many candies are reported as taken.
  mutating func step(isBeamBroken: Bool, at now: UInt64) -> Int {
    var reports = 0
    lookers = lookers.compactMap { $0.due <= now ? look($0, isBeamBroken, at: now) : $0 }
    tellers = tellers.compactMap { $0.due <= now ? tell($0, &reports, at: now) : $0 }
    return reports
  }

  private mutating func look(_ looker: Looker, _ isBeamBroken: Bool, at now: UInt64) -> Looker? {
    if looker.stage == .new, !isWatching { return nil }
    if looker.stage == .holding {
      candies -= 1
      isTaken = false
    }
    // One that is looking goes on, also when the count of candies has become 0 in between.
    if looker.stage != .looking, candies <= 0 {
      isWatching = false
      return nil
    }
    guard isBeamBroken else { return Looker(due: now + Self.hold, stage: .looking) }
    isTaken = true
    return Looker(due: now + Self.hold, stage: .holding)
  }

  private func tell(_ teller: Teller, _ reports: inout Int, at now: UInt64) -> Teller? {
    switch teller.stage {
    case .pausing: return Teller(due: now + 100_000_000, stage: .inside)
    case .outside where !isWatching: return nil
    case .outside, .inside: break
    }
    guard candies > 0 else { return Teller(due: now + 200_000_000, stage: .outside) }
    guard isTaken else { return Teller(due: now + 100_000_000, stage: .inside) }
    reports += 1
    return Teller(due: now + 1_000_000_000, stage: .pausing)
  }
}
