/// Motor, candies, beams and hands. Times are monotonic nanoseconds.
struct CandyMechanics {
  enum Event {
    case candyFell
    case handCame
    case handWent
  }

  /// 80 steps of 3 ms bring one candy.
  static let candyNanoseconds: UInt64 = 240_000_000
  static let supplyMax = 1_000_000

  private(set) var supply: Int
  private(set) var isJammed = false
  private(set) var trayCount = 0
  private(set) var fallenCount = 0
  private(set) var takenCount = 0
  private(set) var isTurning = false
  private(set) var isHandThere = false
  /// How long the motor has moved towards the next candy, up to `movingSince`.
  private var moved: UInt64 = 0
  private var movingSince: UInt64 = 0
  private var handComes: UInt64?
  private var handGoes: UInt64?
  private var handNanoseconds: UInt64 = 0
  private var alwaysAfter: UInt64?

  init(supply: Int) {
    self.supply = min(max(0, supply), Self.supplyMax)
  }

  /// When the next event is due.
  var deadline: UInt64? { [fallsAt, handComes, handGoes].compactMap { $0 }.min() }

  /// The event that is due.
  mutating func step(at now: UInt64) -> Event? {
    if let fallsAt, now >= fallsAt { return fall(at: now) }
    if let handGoes, now >= handGoes { return go(at: now) }
    if let handComes, now >= handComes { return come(at: now) }
    return nil
  }

  private var fallsAt: UInt64? {
    isTurning && !isJammed && supply > 0 ? movingSince + Self.candyNanoseconds - moved : nil
  }

  private mutating func fall(at now: UInt64) -> Event {
    supply -= 1
    fallenCount += 1
    moved = 0
    movingSince = now
    if isHandThere { takenCount += 1 } else { trayCount += 1 }
    expectHand(at: now)
    return .candyFell
  }

  private mutating func come(at now: UInt64) -> Event? {
    handComes = nil
    handGoes = now + handNanoseconds
    guard !isHandThere else { return nil }
    isHandThere = true
    if trayCount > 0 {
      trayCount -= 1
      takenCount += 1
    }
    return .handCame
  }

  private mutating func go(at now: UInt64) -> Event {
    handGoes = nil
    isHandThere = false
    expectHand(at: now)
    return .handWent
  }

  private mutating func expectHand(at now: UInt64) {
    guard let alwaysAfter, trayCount > 0, handComes == nil, !isHandThere else { return }
    handNanoseconds = 400_000_000
    handComes = now + alwaysAfter
  }
}

extension CandyMechanics {
  mutating func startMotor(at now: UInt64) {
    isTurning = true
    movingSince = now
  }

  mutating func stopMotor(at now: UInt64) {
    pause(at: now)
    isTurning = false
  }

  /// A hand comes now.
  mutating func take(nanoseconds: UInt64, at now: UInt64) {
    handNanoseconds = nanoseconds
    handComes = now
  }

  mutating func takeAlways(after nanoseconds: UInt64?, at now: UInt64) {
    alwaysAfter = nanoseconds
    expectHand(at: now)
  }

  mutating func setJam(_ jammed: Bool, at now: UInt64) {
    pause(at: now)
    isJammed = jammed
  }

  mutating func setSupply(_ count: Int, at now: UInt64) {
    pause(at: now)
    supply = min(max(0, count), Self.supplyMax)
  }

  /// Counts what the motor has moved so far.
  private mutating func pause(at now: UInt64) {
    if isTurning, !isJammed, supply > 0 { moved = min(Self.candyNanoseconds, moved + (now - movingSince)) }
    movingSince = now
  }
}
