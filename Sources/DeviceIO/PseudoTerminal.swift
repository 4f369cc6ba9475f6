import BusSystem
import CSys
import Glibc

/// A serial line without a device: a simulator on one side, on the other a path that a program opens like a port.
///
/// The simulator reads and writes `descriptor` and need not care whether anybody has the other side open: bytes wait
/// for it, and a write says `.wouldBlock` when some KiB do. `close()` looks like a plug that is pulled; plugging in
/// again is a new pseudo-terminal on the same link. Whoever made it closes it, once.
public struct PseudoTerminal: Sendable {
  /// The simulator's side: raw bytes, never waits.
  public let descriptor: FileDescriptor
  /// The path of the device's side, such as `/dev/pts/4`. Another one has another number.
  public let path: String
  /// The symbolic link to `path`, if one was asked for.
  public let link: String?
  /// The device's side held open: without it the simulator's would be at its end whenever nobody has it open.
  private let keeper: FileDescriptor

  /// Makes a pseudo-terminal.
  ///
  /// - Parameter link: a path that stays the same over plugging in and out. What a simulator left behind there is
  ///   replaced.
  /// - Throws: `SystemError`, with `EBUSY` if a simulator that runs has the link, `EEXIST` if something else is there.
  public init(link: String? = nil) throws(SystemError) {
    (descriptor, path) = try Self.openMaster()
    self.link = link
    do throws(SystemError) {
      keeper = try Self.openDeviceSide(path)
    } catch {
      descriptor.close()
      throw error
    }
    guard let link else { return }
    do throws(SystemError) {
      try Self.place(link, to: path)
    } catch {
      keeper.close()
      descriptor.close()
      throw error
    }
  }

  private static func openMaster() throws(SystemError) -> (FileDescriptor, path: String) {
    var name = [CChar](repeating: 0, count: 64)
    let raw = csys_open_pty(&name, name.count)
    guard raw >= 0 else { throw .last("open a pseudo-terminal") }
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return (FileDescriptor(rawValue: raw), String(decoding: bytes, as: UTF8.self))
  }

  /// Raw from the start, or the kernel would echo what the simulator says first. The rate means nothing.
  private static func openDeviceSide(_ path: String) throws(SystemError) -> FileDescriptor {
    let raw = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard raw >= 0 else { throw .last("open \(path)") }
    let keeper = FileDescriptor(rawValue: raw)
    guard csys_set_raw(raw, 115_200) == 0, csys_lock_pty(raw) == 0 else {
      let error = SystemError.last("set up \(path)")
      keeper.close()
      throw error
    }
    return keeper
  }

  /// Pulls the plug: whoever has the device's side open finds it gone, and the link is removed.
  public func close() {
    // Another simulator's link stays.
    if let link, Self.target(of: link) == path { unlink(link) }
    keeper.close()
    descriptor.close()
  }
}
