import BusSystem
import CSys
import Glibc

/// Output lines that exist in a file only. Like a kernel's they have one owner at a time, and stay as they are when it is
/// killed.
///
/// The file has a digit for each line, the first one first. Beside it, in a file with `.log` behind its name, is a line
/// for each change: `12345.678901 line=3 on`, in seconds of the monotonic clock.
public struct SimulatedLines: OutputLines, ~Copyable, Sendable {
  /// Where they are.
  public let path: String
  private let owned: OwnedDescriptor
  private let log: OwnedDescriptor
  private let count: Int

  /// Takes lines, all off from the first moment.
  ///
  /// - Parameters:
  ///   - path: where they are; the file is made if it is not there.
  ///   - count: how many, at most 64.
  /// - Throws: `SystemError`, with `EBUSY` and the process that has them.
  public init(path: String, count: Int) throws(SystemError) {
    let owned = try Self.open(path, 0)
    guard flock(owned.descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else { throw Self.failure(errno, path) }
    let log = try Self.open("\(path).log", O_APPEND)
    let count = min(count, 64)
    try Self.write(0, count, to: owned.descriptor, log.descriptor, path)
    self.count = count
    self.path = path
    self.log = log
    self.owned = owned
  }

  /// Sets all of them at once.
  ///
  /// - Throws: `SystemError` if the file cannot be written.
  public func set(_ values: UInt64) throws(SystemError) {
    try Self.write(values, count, to: owned.descriptor, log.descriptor, path)
  }

  private static func write(
    _ values: UInt64, _ count: Int, to lines: FileDescriptor, _ log: FileDescriptor, _ path: String
  ) throws(SystemError) {
    var before = [UInt8](repeating: UInt8(ascii: "0"), count: count)
    _ = pread(lines.rawValue, &before, count, 0)
    let new = before.indices.map { UInt8(ascii: "0") + UInt8(values >> UInt64($0) & 1) }
    guard pwrite(lines.rawValue, new, new.count, 0) == new.count else { throw .last("write \(path)") }
    let stamp = stamp
    let changes = new.indices.filter { new[$0] != before[$0] }
    log.write(changes.map { "\(stamp) line=\($0) \(new[$0] == UInt8(ascii: "1") ? "on" : "off")\n" }.joined())
  }

  /// Now, in seconds with all their digits.
  private static var stamp: String {
    let time = Clock.monotonic / 1000
    let micros = "\(time % 1_000_000)"
    return "\(time / 1_000_000).\(String(repeating: "0", count: 6 - micros.count))\(micros)"
  }

  private static func open(_ path: String, _ flags: Int32) throws(SystemError) -> OwnedDescriptor {
    let raw = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0o600)
    guard raw >= 0 else { throw .last("open \(path)") }
    return OwnedDescriptor(owning: raw)
  }

  private static func failure(_ code: Int32, _ path: String) -> SystemError {
    guard code == EWOULDBLOCK else { return SystemError(code: code, call: "lock \(path)") }
    let holder = csys_lock_holder(path)
    return SystemError(
      code: EBUSY, call: "take the simulated lines \(path)",
      advice: (holder > 0 ? "process \(holder) has them" : "another program has them")
        + "; end it or choose another file")
  }
}
