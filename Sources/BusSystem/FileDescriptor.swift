import CSys
import Glibc

/// An open file, socket or line, borrowed from its owner: it can be waited for, read and written, but not closed.
public struct FileDescriptor: RawRepresentable, Hashable, Sendable {
  /// The number that the system knows it by.
  public let rawValue: Int32

  /// - Parameter rawValue: of an open descriptor, such as one that another library has.
  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// What the program is given, such as what a person types.
  public static let standardInput = FileDescriptor(rawValue: 0)
  /// Where the program's results go.
  public static let standardOutput = FileDescriptor(rawValue: 1)
  /// Where the log and what went wrong go.
  public static let standardError = FileDescriptor(rawValue: 2)

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

  /// How many descriptors this process may have open, after raising its limit as far as allowed.
  package static func raiseLimit() -> Int { csys_raise_open_files() }
}
