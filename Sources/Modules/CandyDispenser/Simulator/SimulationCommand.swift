/// What happens to a simulated machine on demand.
public enum SimulationCommand: Hashable, Sendable {
  /// A hand comes, takes a candy and goes.
  case take(milliseconds: UInt32 = 400)
  /// A hand that the firmware often misses, because it looks four times a second.
  case shortHand
  /// Somebody takes every candy, this long after it fell; 0 ends it.
  case takeAlways(afterMilliseconds: UInt32)
  /// The motor turns and nothing falls.
  case jam
  case freeJam
  /// There are no candies.
  case empty
  case refill(count: UInt32)
  /// Everything that the machine sends arrives this much later; 0 ends it.
  case lateAnswers(milliseconds: UInt32)
  /// Noise on the way to the host.
  case strayBytesToHost(count: UInt32)
  /// Noise on the way to the machine.
  case strayBytesToMachine(count: UInt32)
  /// Nothing that the machine sends arrives for this long.
  case silence(seconds: UInt32)
  /// Somebody presses the reset button.
  case resetBoard
  /// The cable is pulled, and plugged in again after this long; 0 waits for `plug`.
  case unplug(seconds: UInt32)
  case plug
}
