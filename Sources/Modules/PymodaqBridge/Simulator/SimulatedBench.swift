/// A bench in software: a slow stage, and a noisy detector that sees most when the stage is at `peak`. No bus and no clock.
public struct SimulatedBench: Sendable {
  /// What happened to the stage.
  public enum Event: Equatable, Sendable {
    case position(Double, isMoving: Bool)
    /// A move is over; the text says why it did not get there, and is empty if it did.
    case ended(request: UInt32, isDone: Bool, isStopped: Bool, text: String, position: Double)
  }

  private struct Move {
    /// Nil on the way home, which is no job.
    let request: UInt32?
    let target: Double
    var breaksAt: Double?
  }

  /// Where the detector sees most, in mm.
  public static let peak = 10.0
  /// How wide the peak is, in mm.
  public static let width = 5.0
  /// How often it says where the stage is while it moves.
  public static let period = Duration.milliseconds(100)
  /// The columns and rows of an image.
  public static let imageSize = (width: 64, height: 48)
  /// The wavelengths of a spectrum, in nm.
  public static let wavelengths = (0..<256).map { 400 + Float($0) * 1.5 }

  /// In mm per second.
  private let speed: Double
  private var position = 0.0
  private var movedAt = Duration.zero
  private var move: Move?
  private var nextReport: Duration?
  private var silentUntil = Duration.zero
  private var stuckUntil = Duration.zero
  private var breaksNext = false
  private var noise = 0.001
  private var random: UInt64
  private var events: [Event] = []

  /// - Parameters:
  ///   - speed: of the stage, in mm per second.
  ///   - seed: of the noise.
  public init(speed: Double = 10, seed: UInt64) {
    self.speed = speed
    random = seed | 1
  }

  /// Whether the stage moves.
  public var isMoving: Bool { move != nil }
  /// When `tick` is due; nil if nothing is.
  public var deadline: Duration? { nextReport }

  /// The next thing that happened; nil if there is none.
  public mutating func nextEvent() -> Event? { events.isEmpty ? nil : events.removeFirst() }

  /// Begins a move; the stage must stand.
  ///
  /// - Parameter request: nil if nobody waits for its end.
  public mutating func start(_ request: UInt32?, to target: Double, at now: Duration) {
    advance(to: now)
    let middle = (position + target) / 2
    move = Move(request: request, target: target, breaksAt: breaksNext ? middle : nil)
    breaksNext = false
    nextReport = now
    tick(at: now)
  }

  /// Stops the stage where it is.
  ///
  /// - Parameter request: the move that is meant; 0 for any.
  public mutating func stop(_ request: UInt32, at now: Duration) {
    advance(to: now)
    guard let move, request == 0 || move.request == request else { return }
    end(isDone: false, isStopped: true, "stopped on the way")
  }

  /// Does what is due.
  public mutating func tick(at now: Duration) {
    advance(to: now)
    guard let time = nextReport, now >= time else { return }
    nextReport = isMoving ? now + Self.period : nil
    if isMoving { events.append(.position(position, isMoving: true)) }
  }

  /// Where the stage is.
  public mutating func position(at now: Duration) -> Double {
    advance(to: now)
    return position
  }

  // MARK: What it measures

  /// Whether the detector measures at all.
  public func isSilent(at now: Duration) -> Bool { now < silentUntil }

  /// In volts.
  public mutating func voltage(at now: Duration) -> Double {
    advance(to: now)
    let distance = (position - Self.peak) / Self.width
    return Self.bell(distance) + noise * nextNoise()
  }

  /// For each of the wavelengths: a line that goes with the stage.
  public mutating func spectrum(at now: Duration) -> [Float] {
    advance(to: now)
    let center = 550 + position * 2
    return Self.wavelengths.map { Float(Self.bell((Double($0) - center) / 15) * 1000 + nextNoise()) }
  }

  /// Row after row: a spot that goes with the stage.
  public mutating func image(at now: Duration) -> [UInt16] {
    advance(to: now)
    let (width, height) = Self.imageSize
    let center = (Double(width) / 2 + position, Double(height) / 2)
    return (0..<width * height).map { index in
      let (x, y) = (Double(index % width) - center.0, Double(index / width) - center.1)
      return UInt16(clamping: Int(Self.bell((x * x + y * y).squareRoot() / 6) * 4000 + (nextNoise() + 1) * 20))
    }
  }

  // MARK: Faults

  /// The detector measures nothing for a time.
  public mutating func silence(until time: Duration) { silentUntil = time }
  /// The stage does not move for a time.
  public mutating func stick(until time: Duration, at now: Duration) {
    advance(to: now)
    stuckUntil = time
  }
  /// The next move fails on its way.
  public mutating func breakNextMove() { breaksNext = true }
  /// In volts.
  public mutating func setNoise(_ volts: Double) { noise = volts }

  private mutating func advance(to now: Duration) {
    defer { movedAt = max(movedAt, now) }
    guard now > movedAt, let move else { return }
    let start = max(movedAt, stuckUntil)
    guard now > start else { return }
    let (seconds, attoseconds) = (now - start).components
    let step = speed * (Double(seconds) + Double(attoseconds) * 1e-18)
    let old = position
    position = abs(move.target - position) <= step ? move.target : position + (move.target > position ? step : -step)
    if let place = move.breaksAt,
      (old...max(old, position)).contains(place) || (position...max(old, position)).contains(place)
    {
      end(isDone: false, isStopped: false, "the stage broke down on its way")
    } else if position == move.target {
      end(isDone: true, isStopped: false, "")
    }
  }

  private mutating func end(isDone: Bool, isStopped: Bool, _ text: String) {
    let request = move?.request
    move = nil
    events.append(.position(position, isMoving: false))
    if let request {
      events.append(.ended(request: request, isDone: isDone, isStopped: isStopped, text: text, position: position))
    }
  }

  /// From -1 to 1.
  private mutating func nextNoise() -> Double {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return Double(random >> 11) / Double(1 << 52) - 1
  }

  /// e to the power of -x², without a library of mathematics.
  private static func bell(_ x: Double) -> Double {
    let power = x * x
    guard power < 40 else { return 0 }
    // e^p = (1 + p/n)^n for a large n.
    var value = 1 + power / 65_536
    for _ in 0..<16 { value *= value }
    return 1 / value
  }
}
