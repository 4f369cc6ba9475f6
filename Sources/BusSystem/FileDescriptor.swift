import CSys
import Glibc

/// An open file, socket or line. Whoever opened it closes it.
public struct FileDescriptor: RawRepresentable, Hashable, Sendable {
  public let rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  public static let standardInput = FileDescriptor(rawValue: 0)
  public static let standardOutput = FileDescriptor(rawValue: 1)
  public static let standardError = FileDescriptor(rawValue: 2)

  /// Gives the descriptor back to the system.
  package func close() {
    _ = Glibc.close(rawValue)
  }

  /// Whether a person sees what is written here.
  public var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Writes all of `text`, waiting as long as it takes; false if the other end is gone.
  @discardableResult
  public func write(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var offset = 0
      while offset < bytes.count {
        let written = Glibc.write(rawValue, bytes.baseAddress! + offset, bytes.count - offset)
        if written > 0 {
          offset += written
        } else if errno == EAGAIN {
          var wait = DescriptorWait()
          wait.add(self, writing: true, reading: false)
          wait.wait(until: nil)
        } else if errno != EINTR {
          return false
        }
      }
      return true
    }
  }

  /// Opens the null device, as a place holder that can be closed when descriptors run out.
  package static func openNull() throws(SystemError) -> FileDescriptor {
    let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("open /dev/null") }
    return FileDescriptor(rawValue: descriptor)
  }

  /// How many descriptors this process may have open, after raising its limit as far as allowed.
  package static func raiseLimit() -> Int { csys_raise_open_files() }
}
