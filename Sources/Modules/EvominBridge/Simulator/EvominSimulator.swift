import EvominBridgeProtocol

/// A microcontroller at the other end of a UART, with a button, an LED and a temperature sensor: its library speaks the
/// real bytes, and the line to it can be made bad.
///
/// Hand in bytes and time, then take all output; call `tick` at the deadline. Times are monotonic nanoseconds.
public struct EvominSimulator: Sendable {
  private static let unseenFramesMax = 256

  /// Which library it runs.
  public let firmware: EvominFirmware
  private let seed: UInt64
  private let settings: EvominSettings
  /// What it has seen and done.
  public private(set) var counters = EvominSimulatorCounters()
  private var device = Device()
  private var library: any Firmware
  private var line: FaultyLine
  private var repetitions = Repetitions()
  /// Frames that came and that nobody has looked at.
  private var unseen = [EvominFrame]()

  /// - Parameters:
  ///   - seed: the same faults happen for the same seed and the same bytes.
  ///   - settings: for the robust firmware; the others have theirs built in.
  public init(
    firmware: EvominFirmware, seed: UInt64, settings: EvominSettings = EvominSettings(peer: .framebus)
  ) {
    self.firmware = firmware
    self.seed = seed
    self.settings = settings
    library = firmware.make(seed: seed, settings: settings)
    line = FaultyLine(seed: seed ^ 0x5EED)
    handleEvents(at: 0)
  }

  // MARK: The device

  /// Whether the LED is on.
  public var isLEDOn: Bool { device.isLEDOn }
  /// Whether the button is pressed.
  public var isButtonPressed: Bool { device.isButtonPressed }

  /// What the sensor shows, in hundredths of a degree Celsius.
  public var centidegrees: Int16 {
    get { device.centidegrees }
    set { device.centidegrees = newValue }
  }

  /// Presses the button; the device reports it unasked.
  public mutating func press(at now: UInt64) { setButton(true, at: now) }

  /// Releases the button; the device reports it unasked.
  public mutating func release(at now: UInt64) { setButton(false, at: now) }

  private mutating func setButton(_ isPressed: Bool, at now: UInt64) {
    guard let report = device.setButton(isPressed) else { return }
    send(report, at: now)
    poll(at: now)
  }

  /// Sends this many numbered frames, as fast as the library takes them.
  public mutating func count(frames: Int, at now: UInt64) {
    device.count(frames: frames)
    poll(at: now)
  }

  /// Whether numbered frames are still to be sent, or the library has not done with all that it was given.
  public var isCounting: Bool {
    device.nextCount != nil || device.hasCounted && counters.done + counters.forgotten < counters.queued
  }

  /// Whether the library does nothing more until `restart`, as Python's does once a length over 50 comes.
  public var isHung: Bool { library.isHung }

  /// Switches the device off and on: what waited to be sent is forgotten, and the LED is off.
  public mutating func restart(at now: UInt64) {
    library = firmware.make(seed: seed, settings: settings)
    device.restart()
    counters.forgotten = counters.queued - min(counters.queued, counters.done)
    repetitions = Repetitions()
    handleEvents(at: now)
  }

  /// The frames that the device has received since the last time: the latest 256.
  public mutating func takeReceived() -> [EvominFrame] {
    defer { unseen.removeAll(keepingCapacity: true) }
    return unseen
  }

  // MARK: The line

  /// Makes something go wrong from now on.
  public mutating func apply(_ fault: EvominFault, at now: UInt64) { line.apply(fault, at: now) }

  /// Accepts bytes from the other end.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    for byte in bytes {
      let arrived = line.bring(byte, at: now)
      if let stray = arrived.stray { receive(stray, at: now) }
      if let byte = arrived.byte { receive(byte, at: now) }
    }
    poll(at: now)
  }

  private mutating func receive(_ byte: UInt8, at now: UInt64) {
    library.receive(byte, at: now)
    handleEvents(at: now)
  }

  /// Bytes for the other end; nil when there are no more.
  public mutating func nextOutput() -> EvominWire? { line.nextOutput() }

  /// When `tick` has something to do; nil if nothing is expected.
  public var deadline: UInt64? { [library.deadline, repetitions.deadline].compactMap(\.self).min() }

  /// Looks at the time.
  public mutating func tick(at now: UInt64) {
    while let frame = repetitions.next(at: now) {
      if send(frame, at: now) { repetitions.recordRepetition(of: frame) }
    }
    poll(at: now)
  }

  // MARK: The library

  @discardableResult
  private mutating func send(_ frame: EvominFrame, at now: UInt64) -> Bool {
    let isTaken = library.send(frame, at: now)
    if isTaken { counters.queued += 1 } else { counters.notQueued += 1 }
    handleEvents(at: now)
    return isTaken
  }

  private mutating func poll(at now: UInt64) {
    library.poll(at: now)
    handleEvents(at: now)
    while let frame = device.nextCount, library.send(frame, at: now) {
      counters.queued += 1
      device.recordCount()
      handleEvents(at: now)
    }
  }

  private mutating func handleEvents(at now: UInt64) {
    while let event = library.nextEvent() {
      switch event {
      case .write(let wire): line.write(wire, at: now)
      case .received(let frame):
        counters.received += 1
        if unseen.count == Self.unseenFramesMax { unseen.removeFirst() }
        unseen.append(frame)
        if let answer = device.answer(to: frame) { send(answer, at: now) }
      case .acknowledged(let frame):
        counters.acknowledged += 1
        let isRepeated = repetitions.remove(frame)
        // The C library repeats by itself.
        if !isRepeated, line.repeatsAcknowledged, firmware != .c { repetitions.schedule(frame, at: now) }
      case .gaveUp(let frame):
        counters.givenUp += 1
        repetitions.remove(frame)
      }
    }
  }
}

/// Acknowledged frames that a device sends once more.
private struct Repetitions: Sendable {
  /// The C library's time to the repetition of an acknowledged frame.
  private static let pauseNanoseconds: UInt64 = 3_000_000_000
  private static let framesMax = 16

  private var waiting = [(frame: EvominFrame, due: UInt64)]()
  /// Those that the library has; they are not repeated again.
  private var sent = [EvominFrame]()

  /// When `next` has something; nil if nothing waits.
  var deadline: UInt64? { waiting.map(\.due).min() }

  /// Has a frame sent once more, unless too many wait for that.
  mutating func schedule(_ frame: EvominFrame, at now: UInt64) {
    if waiting.count < Self.framesMax { waiting.append((frame, now &+ Self.pauseNanoseconds)) }
  }

  /// The next frame that is due; nil if there is none.
  mutating func next(at now: UInt64) -> EvominFrame? {
    waiting.firstIndex { $0.due <= now }.map { waiting.remove(at: $0).frame }
  }

  /// The library has accepted a repetition.
  mutating func recordRepetition(of frame: EvominFrame) { sent.append(frame) }

  /// The library is done with a frame.
  ///
  /// - Returns: whether it was a repetition.
  @discardableResult
  mutating func remove(_ frame: EvominFrame) -> Bool {
    guard let index = sent.firstIndex(of: frame) else { return false }
    sent.remove(at: index)
    return true
  }
}
