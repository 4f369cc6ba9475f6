import BlenderProtocol

/// The Arduino dispenser at the other end of the line, in software: it takes 3 s before and 7 s after each pour, and does
/// nothing else meanwhile. No port and no clock.
public struct SimulatedBoard: Sendable {
  /// What it does to its line.
  public enum Output: Equatable, Sendable {
    case bytes([UInt8])
    case unplugged
    case plugged
  }

  /// What can happen to it.
  public enum Event: Equatable, Sendable {
    /// It hears and says nothing this long.
    case silence(Duration)
    /// It does not say the end of the next this many pours.
    case noEnd(Int)
    /// Its plug is pulled, and put in again after this long. A pour goes on meanwhile.
    case unplug(Duration)
    /// These bytes come from the line.
    case noise([UInt8])
  }

  /// What it has poured.
  public struct Pour: Equatable, Sendable {
    /// The pump that ran.
    public let pump: UInt8
    /// When it went on.
    public let from: Duration
    /// When it goes off.
    public let to: Duration

    /// - Parameters:
    ///   - pump: the pump that ran.
    ///   - from: when it went on.
    ///   - to: when it goes off.
    public init(pump: UInt8, from: Duration, to: Duration) {
      self.pump = pump
      self.from = from
      self.to = to
    }
  }

  /// From the order until the pump goes on.
  public static let startTime = Duration.seconds(3)
  /// From the pump's end until the board says so.
  public static let endTime = Duration.seconds(7)
  /// What it keeps of orders that come while it is busy, as an Arduino does.
  public static let inputBytesMax = 64

  /// All pours so far, the running one among them.
  public private(set) var pours: [Pour] = []
  private var input: [UInt8] = []
  private var servesUntil: Duration?
  private var silentUntil = Duration.zero
  private var endsToLeaveOut = 0
  private var pluggedAgainAt: Duration?
  private var outputs: [Output] = []

  /// A board that has nothing to do.
  public init() {}

  /// When something is due; nil if nothing is.
  public var deadline: Duration? { [servesUntil, pluggedAgainAt].compactMap(\.self).min() }

  /// Takes bytes that came from the host.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Duration) {
    guard now >= silentUntil else { return }
    input += bytes.prefix(Self.inputBytesMax - input.count)
    obey(at: now)
  }

  /// Lets something happen.
  public mutating func apply(_ event: Event, at now: Duration) {
    switch event {
    case .silence(let duration): silentUntil = now + duration
    case .noEnd(let count): endsToLeaveOut = max(0, count)
    case .unplug(let duration):
      outputs.append(.unplugged)
      pluggedAgainAt = now + duration
    case .noise(let bytes): outputs.append(.bytes(bytes))
    }
  }

  /// The next thing that it has done by now; nil if there is none.
  public mutating func nextOutput(at now: Duration) -> Output? {
    if let time = servesUntil, now >= time {
      servesUntil = nil
      if endsToLeaveOut > 0 { endsToLeaveOut -= 1 } else { say(.ended, at: now) }
      obey(at: now)
    }
    if let time = pluggedAgainAt, now >= time {
      pluggedAgainAt = nil
      outputs.append(.plugged)
    }
    return outputs.isEmpty ? nil : outputs.removeFirst()
  }

  private mutating func obey(at now: Duration) {
    while servesUntil == nil, let length = input.first, input.count > Int(length) {
      let order = Array(input[...Int(length)])
      input.removeFirst(order.count)
      guard order.count == 4, order[1] == 2 else { continue }
      serve(order[2], seconds: order[3], at: now)
    }
  }

  private mutating func serve(_ pump: UInt8, seconds: UInt8, at now: Duration) {
    let from = now + Self.startTime
    pours.append(Pour(pump: pump, from: from, to: from + .seconds(seconds)))
    servesUntil = from + .seconds(seconds) + Self.endTime
    say(.serving, at: now)
    say(.text("pump \(pump) for \(seconds) s"), at: now)
    say(.level([pump]), at: now)
    say(.levelTime(UInt16(seconds) * 10), at: now)
  }

  private mutating func say(_ message: DispenserMessage, at now: Duration) {
    guard now >= silentUntil, pluggedAgainAt == nil else { return }
    outputs.append(.bytes(message.bytes))
  }
}
