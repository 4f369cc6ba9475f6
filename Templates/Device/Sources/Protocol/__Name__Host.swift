/// The host's side of the line: asks for a reading once a second, and reads what comes. No port and no clock: bytes and
/// the time are handed in, actions are taken out.
///
///     host   → "R\n"
///     device → "T 2153\n"          hundredths of a degree Celsius
public struct __Name__Host: Sendable {
  /// What the owner of a host has to do.
  public enum Action: Equatable, Sendable {
    case send([UInt8])
    case event(Event)
  }

  /// What came of a question.
  public enum Event: Equatable, Sendable {
    /// The device answered, in hundredths of a degree Celsius.
    case reading(Int16)
    /// It did not answer in time.
    case unanswered
    /// A line came that means nothing: noise, or another device.
    case noise
  }

  private enum Phase {
    case closed
    case resting(until: Duration)
    case asked(until: Duration)
  }

  /// How often it asks.
  public static let period = Duration.seconds(1)
  /// How long an answer may take.
  public static let patience = Duration.milliseconds(300)
  /// A longer line is noise.
  public static let lineBytesMax = 32

  private var phase = Phase.closed
  private var line: [UInt8] = []
  private var actions: [Action] = []

  /// A host whose port is closed.
  public init() {}

  /// When `tick` is due; nil if nothing is.
  public var deadline: Duration? {
    switch phase {
    case .closed: nil
    case .resting(let time), .asked(let time): time
    }
  }

  /// The port is open.
  public mutating func open(at now: Duration) { phase = .resting(until: now) }

  /// The port is closed.
  public mutating func close() {
    phase = .closed
    line = []
  }

  /// Takes bytes that came, in pieces of any size.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Duration) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        endLine(at: now)
      } else if line.count <= Self.lineBytesMax {
        line.append(byte)
      }
    }
  }

  /// Does what is due.
  public mutating func tick(at now: Duration) {
    switch phase {
    case .resting(let time) where now >= time:
      actions.append(.send(Array("R\n".utf8)))
      phase = .asked(until: now + Self.patience)
    case .asked(let time) where now >= time:
      actions.append(.event(.unanswered))
      phase = .resting(until: now + Self.period)
    default: break
    }
  }

  /// The next thing to do; nil if there is none.
  public mutating func nextAction() -> Action? {
    actions.isEmpty ? nil : actions.removeFirst()
  }

  private mutating func endLine(at now: Duration) {
    defer { line = [] }
    guard case .asked = phase, let reading = Self.reading(line) else { return actions.append(.event(.noise)) }
    actions.append(.event(.reading(reading)))
    phase = .resting(until: now + Self.period)
  }

  private static func reading(_ line: [UInt8]) -> Int16? {
    guard line.count <= lineBytesMax, line.starts(with: Array("T ".utf8)) else { return nil }
    return Int16(String(decoding: line.dropFirst(2), as: UTF8.self))
  }
}
