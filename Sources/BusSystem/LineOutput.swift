import Glibc

/// A descriptor for lines whose reader is never waited for, such as standard error: a line that does not fit now is left
/// out, and none is torn.
///
/// That a terminal is ready says nothing of how much it takes, and a terminal that nobody reads makes a writer wait for
/// ever. So a terminal or a pipe is opened once more, for a writer that does not wait.
package struct LineOutput: ~Copyable, Sendable {
  private enum Way: Sendable {
    case unwaiting(Int32)
    case socket
    /// What can only be asked whether it is ready: a file, or something that may not be opened again.
    case ready
  }

  private let descriptor: FileDescriptor
  private let way: Way
  /// The end of a line of which only a part fitted; it goes first.
  private var rest: [UInt8] = []

  /// - Parameter descriptor: must stay open as long as this is used.
  package init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
    var status = stat()
    let kind = fstat(descriptor.rawValue, &status) == 0 ? status.st_mode & S_IFMT : 0
    if kind == S_IFSOCK {
      way = .socket
    } else if kind == S_IFIFO || isatty(descriptor.rawValue) == 1 {
      let raw = open("/proc/self/fd/\(descriptor.rawValue)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
      way = raw >= 0 ? .unwaiting(raw) : .ready
    } else {
      way = .ready
    }
  }

  deinit {
    if case .unwaiting(let raw) = way { _ = close(raw) }
  }

  /// Whether something of an earlier line waits.
  package var isBehind: Bool { !rest.isEmpty }

  /// Writes a line, if that is possible now.
  ///
  /// - Parameter line: 4 KiB at most, which is what a pipe takes as a whole.
  /// - Returns: false if it was left out.
  package mutating func write(_ line: String) -> Bool {
    if isBehind {
      guard let count = transfer(rest) else { return false }
      rest.removeFirst(count)
      if isBehind { return false }
    }
    let bytes = Array(line.utf8)
    guard let count = transfer(bytes) else { return false }
    rest = Array(bytes[count...])
    return true
  }

  /// How many bytes went through; nil if none did.
  private func transfer(_ bytes: [UInt8]) -> Int? {
    let count =
      switch way {
      case .unwaiting(let raw): Glibc.write(raw, bytes, bytes.count)
      case .socket: send(descriptor.rawValue, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
      case .ready: descriptor.isWritable ? Glibc.write(descriptor.rawValue, bytes, bytes.count) : 0
      }
    return count > 0 ? count : nil
  }
}
