import BusSystem
import CSys
import Glibc

/// A serial line without a device: a simulator on one side, on the other a path that a program opens like a port.
///
/// The simulator reads and writes `descriptor` and need not care whether anybody has the other side open: bytes wait
/// for it, and a write takes nothing when some KiB do. Its end looks like a plug that is pulled: whoever has the device's
/// side open finds it gone, and the link is removed. Plugging in again is a new pseudo-terminal on the same link.
public struct PseudoTerminal: ~Copyable, Sendable {
  private let owned: OwnedDescriptor
  /// The path of the device's side, such as `/dev/pts/4`. Another one has another number.
  public let path: String
  /// The symbolic link to `path`, if one was asked for.
  public let link: String?
  /// The device's side held open: without it the simulator's would be at its end whenever nobody has it open.
  private let keeper: OwnedDescriptor

  /// The simulator's side: raw bytes, never waits.
  public var descriptor: FileDescriptor { owned.descriptor }

  /// Makes a pseudo-terminal.
  ///
  /// - Parameter link: a path that stays the same over plugging in and out. What a simulator left behind there is
  ///   replaced.
  /// - Throws: `SystemError`, with `EBUSY` if a simulator that runs has the link, `EEXIST` if something else is there.
  public init(link: String? = nil) throws(SystemError) {
    var name = [CChar](repeating: 0, count: 64)
    let raw = csys_open_pty(&name, name.count)
    guard raw >= 0 else { throw .last("open a pseudo-terminal") }
    let owned = OwnedDescriptor(owning: raw)
    let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let keeper = try Self.openDeviceSide(path)
    if let link { try Self.place(link, to: path) }
    self.owned = owned
    self.path = path
    self.link = link
    self.keeper = keeper
  }

  /// Pulls the plug now. The end of the owner does it, too.
  public consuming func unplug() {}

  deinit {
    // Another simulator's link stays.
    if let link, Self.target(of: link) == path { unlink(link) }
  }

  /// Raw from the start, or the kernel would echo what the simulator says first. The rate means nothing.
  private static func openDeviceSide(_ path: String) throws(SystemError) -> OwnedDescriptor {
    let raw = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard raw >= 0 else { throw .last("open \(path)") }
    let keeper = OwnedDescriptor(owning: raw)
    guard csys_set_raw(raw, 115_200) == 0, csys_lock_pty(raw) == 0 else { throw .last("set up \(path)") }
    return keeper
  }
}
