import CSys
import Glibc

/// The place of a Unix socket in the file system. One listener has it at a time, and only its own file goes with it.
///
/// A lock beside it (`PATH.lock`) decides between listeners that begin together; a killed one leaves it open.
struct SocketFile: ~Copyable, Sendable {
  private struct Identity: Equatable {
    let device: dev_t
    let number: ino_t

    init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }

    /// That of the file at a path; nil if there is none.
    init?(at path: String) {
      var status = stat()
      guard lstat(path, &status) == 0 else { return nil }
      self.init(status)
    }
  }

  private let path: String
  private let lock: OwnedDescriptor
  /// The socket's; nil until it is there.
  private var own: Identity?

  /// Takes the place. A socket that nobody answers at is a leftover of a process that was killed, and is removed.
  ///
  /// - Throws: `SystemError`, with `EADDRINUSE` if somebody listens there, `EEXIST` if the path is no socket.
  init(_ path: String) throws(SystemError) {
    let lock = try Self.lock(path)
    do throws(SystemError) {
      try Self.removeStaleSocket(path)
    } catch {
      unlink(Self.lockPath(path))
      throw error
    }
    self.path = path
    self.lock = lock
  }

  /// The socket is there now: says who may connect, and remembers which file it is.
  ///
  /// - Throws: `SystemError` if that cannot be set.
  mutating func adopt(_ access: SocketAccess) throws(SystemError) {
    own = Identity(at: path)
    guard chmod(path, access.mode) == 0 else { throw .last("set the mode of \(path)") }
    if let group = access.group, chown(path, uid_t.max, group) != 0 { throw .last("set the group of \(path)") }
  }

  deinit {
    if let own, own == Identity(at: path) { unlink(path) }
    // Before the lock goes: whoever opens this file meanwhile finds that it is not the one at the path.
    if Self.isAtPath(lock, path) { unlink(Self.lockPath(path)) }
  }

  private static func lockPath(_ path: String) -> String { path + ".lock" }

  private static func lock(_ path: String) throws(SystemError) -> OwnedDescriptor {
    let lockPath = lockPath(path)
    while true {
      let raw = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard raw >= 0 else { throw .last("listen on \(path)") }
      let lock = OwnedDescriptor(owning: raw)
      guard flock(raw, LOCK_EX | LOCK_NB) == 0 else { throw SystemError(code: EADDRINUSE, call: "listen on \(path)") }
      if isAtPath(lock, path) { return lock }
    }
  }

  /// Whether a lock is the one that others find.
  private static func isAtPath(_ lock: borrowing OwnedDescriptor, _ path: String) -> Bool {
    var status = stat()
    return fstat(lock.descriptor.rawValue, &status) == 0 && Identity(status) == Identity(at: lockPath(path))
  }

  private static func removeStaleSocket(_ path: String) throws(SystemError) {
    switch csys_is_socket(path) {
    case 1: break
    case 0: throw SystemError(code: EEXIST, call: "listen on \(path)")
    default: return
    }
    do throws(SystemError) {
      _ = try Socket.connect(to: .unix(path: path))
    } catch  where error.code == ECONNREFUSED {
      guard unlink(path) == 0 else { throw .last("remove the stale socket \(path)") }
      return
    }
    throw SystemError(code: EADDRINUSE, call: "listen on \(path)")
  }
}
