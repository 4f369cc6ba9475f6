import Glibc

/// A system call that failed: its errno, its name, what it was for, and what a person can do about it.
public struct SystemError: Error, Equatable, Sendable {
  /// The errno of the call.
  public let code: Int32
  /// The call and its object, such as `bind 127.0.0.1:5000`.
  public let call: String
  /// What to do or to look at, where that is known.
  public let advice: String?

  public init(code: Int32, call: String, advice: String? = nil) {
    self.code = code
    self.call = call
    self.advice = advice
  }

  /// Takes the errno of the call that has just failed.
  package static func last(_ call: @autoclosure () -> String) -> SystemError {
    let code = errno
    return SystemError(code: code, call: call())
  }

  /// The system's words for the code.
  public var reason: String { String(cString: strerror(code)) }

  public static let addressInUse = EADDRINUSE
  public static let permissionDenied = EACCES
  public static let notPermitted = EPERM
  public static let fileExists = EEXIST
  public static let noSuchFile = ENOENT
  public static let connectionRefused = ECONNREFUSED
  public static let tooManyOpenFiles = EMFILE
  public static let busy = EBUSY
  public static let notATerminal = ENOTTY
  public static let invalidArgument = EINVAL
  public static let inputOutput = EIO
}

extension SystemError: CustomStringConvertible {
  public var description: String { "\(call): \(reason)" + (advice.map { "; \($0)" } ?? "") }
}
