import EvominBridgeProtocol

/// A microcontroller at the other end of a UART, with a button, an LED and a temperature sensor: its library speaks the
/// real bytes, and the line to it can be made bad.
///
/// Hand in bytes and time, then take all output; call `tick` at the deadline. Times are monotonic nanoseconds.
public struct EvominSimulator: Sendable {
  /// Which library it runs.
  public let firmware: EvominFirmware
  private let seed: UInt64
  private let settings: EvominSettings
  /// What it has seen and done.
  public internal(set) var counters = EvominSimulatorCounters()
  var device = Device()
  var library: any Firmware
  var faults: Faults
  /// Acknowledged frames that are sent once more, and when.
  var repetitions = [(frame: EvominFrame, due: UInt64)]()
  /// Repetitions that the library has; they are not repeated again.
  var repeated = [EvominFrame]()
  var output = [UInt8]()
  /// Frames that came and that nobody has looked at.
  var unseen = [EvominFrame]()
  /// Numbered frames that are still to be sent, and the number of the next.
  var countLeft = 0
  var nextNumber: UInt32 = 0

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
    faults = Faults(seed: seed ^ 0x5EED)
    takeEvents(at: 0)
  }

  /// Whether the LED is on.
  public var isLEDOn: Bool { device.isLEDOn }
  /// Whether the button is pressed.
  public var isButtonPressed: Bool { device.isButtonPressed }

  /// What the sensor shows, in hundredths of a degree Celsius.
  public var centidegrees: Int16 {
    get { device.centidegrees }
    set { device.centidegrees = newValue }
  }

  /// Whether the library does nothing more until `restart`, as Python's does once a length over 50 comes.
  public var isHung: Bool { library.isHung }

  /// Switches the device off and on: what waited to be sent is forgotten, and the LED is off.
  public mutating func restart(at now: UInt64) {
    library = firmware.make(seed: seed, settings: settings)
    device.isLEDOn = false
    countLeft = 0
    let doneFrames = counters.acknowledged + counters.givenUp
    counters.forgotten = counters.queued - min(counters.queued, doneFrames)
    repetitions.removeAll()
    repeated.removeAll()
    takeEvents(at: now)
  }

  /// When `tick` has something to do; nil if nothing is expected.
  public var deadline: UInt64? {
    let repetition = repetitions.map(\.due).min()
    guard let sending = library.deadline else { return repetition }
    return min(sending, repetition ?? sending)
  }

  /// Bytes for the other end; nil when there are no more.
  public mutating func nextOutput() -> EvominWire? {
    guard !output.isEmpty, let wire = try? EvominWire(output.prefix(EvominWire.bytesMax)) else { return nil }
    output.removeFirst(wire.count)
    return wire
  }

  /// Makes something go wrong from now on.
  public mutating func apply(_ fault: EvominFault, at now: UInt64) { faults.apply(fault, at: now) }

  /// Sends this many numbered frames, as fast as the library takes them.
  public mutating func count(frames: Int, at now: UInt64) {
    countLeft += frames
    poll(at: now)
  }

  /// Whether numbered frames are still to be sent, or the library has not done with all that it was given.
  public var isCounting: Bool {
    let doneFrames = counters.acknowledged + counters.givenUp + counters.forgotten
    return countLeft > 0 || (nextNumber > 0 && doneFrames < counters.queued)
  }

  /// The frames that the device has received since the last time: the latest 256.
  public mutating func takeReceived() -> [EvominFrame] {
    defer { unseen.removeAll(keepingCapacity: true) }
    return unseen
  }

  /// Presses the button; the device reports it unasked.
  public mutating func press(at now: UInt64) { setButton(true, at: now) }

  /// Releases the button; the device reports it unasked.
  public mutating func release(at now: UInt64) { setButton(false, at: now) }

  private mutating func setButton(_ isPressed: Bool, at now: UInt64) {
    guard device.isButtonPressed != isPressed else { return }
    device.isButtonPressed = isPressed
    send(device.buttonFrame, at: now)
    poll(at: now)
  }
}
