import BusSystem
import CSys

/// Up to 64 lines that can be on or off, real or simulated.
public protocol OutputLines: ~Copyable {
  /// Sets all of them at once.
  ///
  /// - Parameter values: a bit for each, the first line in the lowest; 1 is on.
  /// - Throws: `SystemError` if they are not as asked for now.
  func set(_ values: UInt64) throws(SystemError)
}

/// Lines of a GPIO chip that are outputs of this process.
///
/// When their owner goes, or is killed, the kernel gives the lines back and promises nothing about their voltage; on
/// most chips it stays as it was.
public struct GPIOLines: OutputLines, ~Copyable, Sendable {
  private let owned: OwnedDescriptor
  private let chip: String

  init(_ owned: consuming OwnedDescriptor, _ chip: String) {
    self.owned = owned
    self.chip = chip
  }

  /// Sets all of them at once.
  ///
  /// - Throws: `SystemError`, such as `ENODEV` if the chip was unplugged.
  public func set(_ values: UInt64) throws(SystemError) {
    guard csys_gpio_set(owned.descriptor.rawValue, values, .max) == 0 else { throw .last("set lines of \(chip)") }
  }
}
