import BusSystem
import CSys
import Glibc

extension PseudoTerminal {
  /// Puts the link there in one step, in place of one that a dead simulator left.
  static func place(_ link: String, to path: String) throws(SystemError) {
    try checkIsFree(link, for: path)
    // No other pseudo-terminal that lives has this number.
    let fresh = "\(link).\(path.split(separator: "/").last ?? "new")"
    unlink(fresh)
    guard symlink(path, fresh) == 0, rename(fresh, link) == 0 else {
      let error = SystemError.last("link \(link) to \(path)")
      unlink(fresh)
      throw error
    }
  }

  private static func checkIsFree(_ link: String, for path: String) throws(SystemError) {
    var info = stat()
    guard lstat(link, &info) == 0 else { return }
    guard let target = target(of: link), target.hasPrefix("/dev/pts/") else {
      throw SystemError(
        code: EEXIST, call: "link \(link) to a pseudo-terminal",
        advice: "something else is there; remove it or choose another path")
    }
    // A simulator that was killed had the number that this one has now.
    guard target != path else { return }
    // The number may belong to any terminal by now; only a simulator has it locked.
    let raw = open(target, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard raw >= 0 else { return }
    let owned = OwnedDescriptor(owning: raw)
    guard csys_lock_pty(owned.descriptor.rawValue) == 0 else {
      throw SystemError(
        code: EBUSY, call: "link \(link) to a pseudo-terminal",
        advice: "another simulator is there; end it or choose another path")
    }
  }

  /// Where a symbolic link leads; nil if it is none.
  static func target(of link: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      let count = readlink(link, buffer.baseAddress!, buffer.count)
      guard count >= 0 else { return nil }
      return String(decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]), as: UTF8.self)
    }
  }
}
