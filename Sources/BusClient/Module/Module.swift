import ProgramKit

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
public protocol Module: ~Copyable {
  /// The options that this module has beside those of all modules; none by default. `bus.options` has what was given.
  static var options: [any ProgramOption] { get }

  /// How often `process()` is called at least; every 50 ms by default.
  static var beat: Duration { get }

  /// Makes the module and says what it listens for.
  ///
  /// The bus is not connected yet: frames can be sent from the first call of `process()` on. A module that cannot
  /// start throws; its program ends then, with exit code 2 if it throws a `UsageError`.
  init(bus: Bus) throws

  /// Handles what has arrived and what is due, and returns; it must not wait for long.
  ///
  /// It is called on every beat, connected or not, and in between when frames arrive, a descriptor given to
  /// `bus.wake(on:)` is ready or the time given to `bus.wake(at:)` has come. An error that it throws is logged once
  /// per cause, and it is called again for the rest of the frames.
  mutating func process() throws

  /// Whether the program ends by itself now, as an experiment does after its last question; never by default.
  var isFinished: Bool { get }

  /// Puts the device into a safe state before the program ends.
  ///
  /// `bus.hasData` looks for new frames a few times only in it, as in `process()`, and again after each
  /// `bus.wait(for:until:)`.
  mutating func stop()
}

extension Module where Self: ~Copyable {
  /// None.
  public static var options: [any ProgramOption] { [] }
  /// 50 ms.
  public static var beat: Duration { .milliseconds(50) }

  /// Never.
  public var isFinished: Bool { false }

  /// Nothing to do.
  public mutating func stop() {}

  /// The program of the module: options, connection, signals, and `process()` until a signal ends it.
  public static func main() {
    ModuleProgram<Self>.main(CommandLine.arguments)
  }
}
