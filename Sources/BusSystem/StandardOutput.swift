import CSys
import Glibc

/// Standard output for a program whose text is its work: nothing that it writes fails in silence.
package struct StandardOutput: Sendable {
  private let isOpen: Bool

  /// Prepares the standard streams, and has a write that nobody reads fail instead of ending the process. Call it
  /// first in `main`.
  package init() {
    isOpen = fcntl(STDOUT_FILENO, F_GETFD) >= 0
    Process.surviveBrokenPipes()
    Process.prepareStandardStreams()
  }

  package var isTerminal: Bool { isOpen && FileDescriptor.standardOutput.isTerminal }

  /// How many columns the terminal has; nil if it is none, or does not say.
  package var columns: Int? {
    var size = winsize()
    guard isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Writes all of a text, however long it takes.
  ///
  /// - Throws: `SystemError`: `brokenPipe` if nobody reads it any more, a full disk, and so on.
  package func write(_ text: String) throws(SystemError) {
    guard isOpen else { throw SystemError(code: EBADF, call: "write") }
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      switch bytes[start...].withUnsafeBytes({ FileDescriptor.standardOutput.write($0) }) {
      case .bytes(let count): start += count
      case .wouldBlock:
        var wait = DescriptorWait()
        wait.add(.standardOutput, writing: true, reading: false)
        wait.wait(until: nil)
      case .endOfStream: throw SystemError(code: EPIPE, call: "write")
      case .failed(let error): throw error
      }
    }
  }
}

extension SystemError {
  /// Nobody reads what is written.
  package static let brokenPipe = EPIPE
}
