/// Motor, candies, beams and hands. Times are monotonic nanoseconds.
struct CandyMechanics {
  enum Event {
    case candyFell
    case handCame
    case handWent
  }

  private var motor: Motor
  private var hand = Hand()
  private var trayCount = 0
  private(set) var fallenCount = 0
  private(set) var takenCount = 0

  init(supply: Int) {
    motor = Motor(supply: supply)
  }

  var supply: Int { motor.supply }
  var isJammed: Bool { motor.isJammed }
  var isTurning: Bool { motor.isTurning }
  var isHandThere: Bool { hand.isThere }

  /// When the next event is due.
  var deadline: UInt64? { [motor.fallsAt, hand.comesAt, hand.goesAt].compactMap { $0 }.min() }

  /// The event that is due.
  mutating func step(at now: UInt64) -> Event? {
    if let fallsAt = motor.fallsAt, now >= fallsAt { return fall(at: now) }
    if let goesAt = hand.goesAt, now >= goesAt { return go(at: now) }
    if let comesAt = hand.comesAt, now >= comesAt { return come(at: now) }
    return nil
  }

  private mutating func fall(at now: UInt64) -> Event {
    motor.candyFell(at: now)
    fallenCount += 1
    if hand.isThere { takenCount += 1 } else { trayCount += 1 }
    expectHand(at: now)
    return .candyFell
  }

  private mutating func come(at now: UInt64) -> Event? {
    guard hand.come(at: now) else { return nil }
    if trayCount > 0 {
      trayCount -= 1
      takenCount += 1
    }
    return .handCame
  }

  private mutating func go(at now: UInt64) -> Event {
    hand.go()
    expectHand(at: now)
    return .handWent
  }

  private mutating func expectHand(at now: UInt64) {
    if trayCount > 0 { hand.expect(at: now) }
  }

  // MARK: What is done to it

  mutating func startMotor(at now: UInt64) { motor.start(at: now) }

  mutating func stopMotor(at now: UInt64) { motor.stop(at: now) }

  mutating func setJam(_ isJammed: Bool, at now: UInt64) { motor.setJam(isJammed, at: now) }

  mutating func setSupply(_ count: Int, at now: UInt64) { motor.setSupply(count, at: now) }

  /// A hand comes now.
  mutating func take(nanoseconds: UInt64, at now: UInt64) { hand.take(nanoseconds: nanoseconds, at: now) }

  mutating func takeAlways(after nanoseconds: UInt64?, at now: UInt64) {
    hand.takeAlways(after: nanoseconds)
    expectHand(at: now)
  }
}

/// The motor, and the candies above it.
private struct Motor {
  /// 80 steps of 3 ms bring one candy.
  private static let candyNanoseconds: UInt64 = 240_000_000
  private static let supplyMax = 1_000_000

  private(set) var supply: Int
  private(set) var isJammed = false
  private(set) var isTurning = false
  /// How long it has moved towards the next candy, up to `movingSince`.
  private var moved: UInt64 = 0
  private var movingSince: UInt64 = 0

  init(supply: Int) { self.supply = Self.limited(supply) }

  private static func limited(_ supply: Int) -> Int { min(max(0, supply), supplyMax) }

  private var isMoving: Bool { isTurning && !isJammed && supply > 0 }

  /// When the next candy falls.
  var fallsAt: UInt64? { isMoving ? movingSince + Self.candyNanoseconds - moved : nil }

  mutating func candyFell(at now: UInt64) {
    supply -= 1
    moved = 0
    movingSince = now
  }

  mutating func start(at now: UInt64) {
    isTurning = true
    movingSince = now
  }

  mutating func stop(at now: UInt64) {
    pause(at: now)
    isTurning = false
  }

  mutating func setJam(_ isJammed: Bool, at now: UInt64) {
    pause(at: now)
    self.isJammed = isJammed
  }

  mutating func setSupply(_ count: Int, at now: UInt64) {
    pause(at: now)
    supply = Self.limited(count)
  }

  /// Counts how long it has moved so far.
  private mutating func pause(at now: UInt64) {
    if isMoving { moved = min(Self.candyNanoseconds, moved + (now - movingSince)) }
    movingSince = now
  }
}

/// The hand that comes for candies.
private struct Hand {
  private(set) var isThere = false
  private(set) var comesAt: UInt64?
  private(set) var goesAt: UInt64?
  /// How long it stays when it comes.
  private var stayNanoseconds: UInt64 = 0
  private var alwaysAfter: UInt64?

  /// It comes now.
  mutating func take(nanoseconds: UInt64, at now: UInt64) {
    stayNanoseconds = nanoseconds
    comesAt = now
  }

  /// It comes for each candy, after this long; nil ends that.
  mutating func takeAlways(after nanoseconds: UInt64?) { alwaysAfter = nanoseconds }

  /// There is a candy for it.
  mutating func expect(at now: UInt64) {
    guard let alwaysAfter, comesAt == nil, !isThere else { return }
    stayNanoseconds = 400_000_000
    comesAt = now + alwaysAfter
  }

  /// - Returns: whether it was away.
  mutating func come(at now: UInt64) -> Bool {
    defer { isThere = true }
    comesAt = nil
    goesAt = now + stayNanoseconds
    return !isThere
  }

  mutating func go() {
    goesAt = nil
    isThere = false
  }
}
