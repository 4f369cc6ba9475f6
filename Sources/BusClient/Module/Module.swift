/// A program on the bus: what it does with frames, and nothing about sockets, signals or time.
///
///     @main
///     struct Led: Module {
///       let bus: Bus
///
///       init(bus: Bus) {
///         self.bus = bus
///         bus.listen(for: .activityLedState)
///       }
///
///       mutating func process() throws {
///         while bus.hasData {
///           guard let led = try bus.getData().decode(ActivityLedState.self) else { continue }
///           print(led.state ? "on" : "off")
///         }
///       }
///     }
public protocol Module {
  /// How often `process()` is called at least, in milliseconds.
  static var beatMilliseconds: Int { get }

  /// Makes the module and says what it listens for. A module that cannot start throws; its program ends then.
  init(bus: Bus) throws

  /// Handles what has arrived and what is due, and returns; it must not wait for long.
  ///
  /// It is called on every beat, connected or not, and in between when frames arrive or a descriptor given to
  /// `bus.wake(on:)` is readable. An error that it throws is logged once per cause, and it is called again for the
  /// rest of the frames.
  mutating func process() throws

  /// Puts the device into a safe state before the program ends.
  mutating func stop()
}

extension Module {
  public static var beatMilliseconds: Int { 50 }

  public mutating func stop() {}

  /// The program of the module: options, connection, signals, and `process()` until it is told to end.
  public static func main() {
    ModuleProgram<Self>.main()
  }
}
