import BusSystem
import CSys
import Glibc

/// An open serial port: a UART, a USB adapter, a USB device that looks like one, or a pseudo-terminal. It is closed when
/// its owner goes. A module uses a `SerialLine`, which survives the device being unplugged.
public struct SerialPort: ~Copyable, Sendable {
  private let owned: OwnedDescriptor

  /// What the port is waited for, read and written by. It never waits.
  public var descriptor: FileDescriptor { owned.descriptor }

  /// Opens a port that never waits: raw, 8N1, no flow control, with nothing in it of what came before.
  ///
  /// DTR and RTS stay asserted, as the kernel sets them. No second program of this project gets the port, and none
  /// without root's rights at all; only a pseudo-terminal can be had by those who do not lock.
  ///
  /// - Parameters:
  ///   - path: such as `/dev/serial/by-id/…`, `/dev/ttyAMA0` or a link to one.
  ///   - baud: bits per second, any that the driver can do. A USB device usually does not care.
  /// - Throws: `SystemError` that says what to do: no such device, no permission, `EBUSY` with the process that has
  ///   it, `ENOTTY` if the path is no terminal, `EINVAL` for a rate that the driver refuses.
  public init(path: String, baud: Int) throws(SystemError) {
    let raw = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard raw >= 0 else { throw Self.failure(errno, path) }
    let owned = OwnedDescriptor(owning: raw)
    // Before anything is changed: another program may be in the middle of a message.
    guard owned.descriptor.isTerminal else { throw Self.failure(ENOTTY, path) }
    guard csys_claim_line(raw) == 0 else { throw Self.failure(errno, path) }
    try Self.setRaw(owned.descriptor, path, baud: baud)
    Self.discardInput(owned.descriptor)
    self.owned = owned
  }

  private static func setRaw(_ port: FileDescriptor, _ path: String, baud: Int) throws(SystemError) {
    if let rate = UInt32(exactly: baud), rate > 0 {
      if csys_set_raw(port.rawValue, rate) == 0 { return }
      guard errno == EINVAL else { throw failure(errno, path) }
    }
    throw SystemError(
      code: EINVAL, call: "set \(path) to \(baud) baud", advice: "its driver does not take this rate; choose another")
  }

  /// What a device that never stops can put there meanwhile is left.
  private static let discardedBytesMax = 128 << 10

  /// Empties the port to the last byte; the kernel's own flush leaves what is still on its way through it.
  private static func discardInput(_ port: FileDescriptor) {
    csys_discard_input(port.rawValue)
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      var discarded = 0
      while discarded < discardedBytesMax, case .bytes(let count) = port.read(into: buffer) { discarded += count }
    }
  }

  private static func failure(_ code: Int32, _ path: String) -> SystemError {
    let isTaken = code == EWOULDBLOCK || code == EBUSY
    return SystemError(code: isTaken ? EBUSY : code, call: "open \(path)", advice: advice(code, path))
  }

  private static func advice(_ code: Int32, _ path: String) -> String? {
    switch code {
    case ENOENT, ENXIO, ENODEV: "is the device plugged in, and is the path right?"
    case EACCES, EPERM: "add the user to the group 'dialout' (sudo usermod -aG dialout USER) and log in again"
    case EWOULDBLOCK, EBUSY: "\(holder(of: path)) has the port; end it or choose another port"
    case ENOTTY: "this is no serial port; choose another path"
    default: nil
    }
  }

  /// Who has the port, as far as it can be known.
  private static func holder(of path: String) -> String {
    let pid = csys_lock_holder(path)
    guard pid > 0 else { return "another program" }
    guard let name = Process.name(of: UInt32(pid)) else { return "process \(pid)" }
    return "process \(pid) (\(name))"
  }
}
