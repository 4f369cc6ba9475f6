/// The device at the other end of the line, in software. No port and no clock.
public struct Simulated__Name__: Sendable {
  /// What it does to its line.
  public enum Output: Equatable, Sendable {
    case bytes([UInt8])
    case unplugged
    case plugged
  }

  /// What can happen to it.
  public enum Event: Equatable, Sendable {
    /// It gets this warm, in hundredths of a degree Celsius.
    case temperature(Int16)
    /// It says nothing this long.
    case silence(Duration)
    /// Its plug is pulled, and put in again after this long.
    case unplug(Duration)
  }

  private var temperature: Int16 = 2150
  private var silentUntil: Duration?
  private var pluggedAgainAt: Duration?
  private var line: [UInt8] = []
  private var outputs: [Output] = []

  /// A device at 21.50 °C.
  public init() {}

  /// When something is due; nil if nothing is.
  public var deadline: Duration? { pluggedAgainAt }

  /// Takes bytes that came from the host.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Duration) {
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        if line.count < 32 { line.append(byte) }
        continue
      }
      if line == Array("R".utf8), now >= silentUntil ?? .zero {
        outputs.append(.bytes(Array("T \(temperature)\n".utf8)))
      }
      line = []
    }
  }

  /// Lets something happen.
  public mutating func apply(_ event: Event, at now: Duration) {
    switch event {
    case .temperature(let value): temperature = value
    case .silence(let duration): silentUntil = now + duration
    case .unplug(let duration):
      outputs.append(.unplugged)
      pluggedAgainAt = now + duration
    }
  }

  /// The next thing that it has done by now; nil if there is none.
  public mutating func nextOutput(at now: Duration) -> Output? {
    if let time = pluggedAgainAt, now >= time {
      pluggedAgainAt = nil
      line = []
      outputs.append(.plugged)
    }
    return outputs.isEmpty ? nil : outputs.removeFirst()
  }
}
