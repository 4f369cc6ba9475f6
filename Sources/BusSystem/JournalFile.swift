import CSys
import Glibc

/// A file of lines that one process adds to and that is read again at its next start.
///
/// What was added is on the disk before the call returns, whole or not at all. Closed when the last reference goes.
package final class JournalFile {
  private let path: String
  private var file: OwnedDescriptor
  private var bytes: Int

  /// What a journal may grow to; one that is larger is no journal of ours.
  package static var bytesMax: Int { 16 << 20 }

  /// Opens a journal, and its folder, or makes them.
  ///
  /// - Throws: `SystemError`: with `EBUSY` if another process has it, else what the system says.
  package init(path: String) throws(SystemError) {
    self.path = path
    try Self.makeFolders(of: path)
    file = try Self.open(path, O_APPEND)
    bytes = max(0, Int(lseek(file.descriptor.rawValue, 0, SEEK_END)))
  }

  /// All of it.
  ///
  /// - Throws: `SystemError` if it cannot be read, with `EFBIG` if it is larger than any journal.
  package func contents() throws(SystemError) -> [UInt8] {
    let contents = try FileDescriptor.contents(of: path, bytesMax: Self.bytesMax)
    guard contents.count <= Self.bytesMax else { throw SystemError(code: EFBIG, call: "read \(path)") }
    return contents
  }

  /// How large it is, in bytes.
  package var byteCount: Int { bytes }

  /// Adds lines.
  ///
  /// - Throws: `SystemError`; the file is as before then.
  package func append(_ lines: [UInt8]) throws(SystemError) {
    do throws(SystemError) {
      try Self.write(lines, to: file.descriptor, path)
      guard fdatasync(file.descriptor.rawValue) == 0 else { throw .last("sync \(path)") }
      bytes += lines.count
    } catch {
      // Half a line would spoil the next one.
      _ = ftruncate(file.descriptor.rawValue, off_t(bytes))
      throw error
    }
  }

  /// Puts other lines in place of all.
  ///
  /// - Throws: `SystemError`; the file is as before then.
  package func replace(with lines: [UInt8]) throws(SystemError) {
    let newPath = path + ".new"
    let new = try Self.open(newPath, O_TRUNC | O_APPEND)
    do throws(SystemError) {
      try Self.write(lines, to: new.descriptor, newPath)
      guard fsync(new.descriptor.rawValue) == 0, rename(newPath, path) == 0 else { throw .last("replace \(path)") }
    } catch {
      unlink(newPath)
      throw error
    }
    file = consume new
    bytes = lines.count
  }

  private static func open(_ path: String, _ flags: Int32) throws(SystemError) -> OwnedDescriptor {
    let raw = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0o600)
    guard raw >= 0 else { throw .last("open \(path)") }
    guard flock(raw, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      _ = Glibc.close(raw)
      throw SystemError(
        code: code == EWOULDBLOCK ? EBUSY : code, call: "lock \(path)",
        advice: code == EWOULDBLOCK ? "another process has it: end it, or give this one another --instance" : nil)
    }
    return OwnedDescriptor(owning: raw)
  }

  private static func write(_ bytes: [UInt8], to file: FileDescriptor, _ path: String) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file.rawValue, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw .last("write \(path)")
      }
    }
  }

  private static func makeFolders(of path: String) throws(SystemError) {
    var folder = ""
    for name in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
      folder += "\(name)/"
      guard mkdir(folder, 0o700) == 0 || [EEXIST, EROFS, EACCES, EISDIR].contains(errno) else {
        throw .last("make the folder \(folder)")
      }
    }
  }
}
