import Glibc

/// A system call that failed: its errno, its name, what it was for, and what a person can do about it.
public struct SystemError: Error, Equatable, Sendable {
  /// The errno of the call.
  public let code: Int32
  /// The call and its object, such as `bind 127.0.0.1:5000`.
  public let call: String
  /// What to do or to look at, where that is known.
  public let advice: String?
  /// Better words than the system's.
  private let words: String?

  /// - Parameters:
  ///   - code: the errno.
  ///   - call: the call and its object.
  ///   - advice: what to do or to look at, where that is known.
  public init(code: Int32, call: String, advice: String? = nil) {
    self.init(code: code, call: call, advice: advice, words: nil)
  }

  private init(code: Int32, call: String, advice: String? = nil, words: String?) {
    self.code = code
    self.call = call
    self.advice = advice
    self.words = words
  }

  /// The name of a host means nothing, or that cannot be found out.
  ///
  /// - Parameter detail: what the resolver says, if anything.
  static func unknownHost(_ host: String, _ detail: String? = nil) -> SystemError {
    SystemError(
      code: EHOSTUNREACH, call: "look up the host '\(host)'",
      words: "the host '\(host)' is not known" + (detail.map { " (\($0))" } ?? ""))
  }

  /// Nobody says in time what the name of a host means.
  static func noAnswer(about host: String) -> SystemError {
    SystemError(
      code: ETIMEDOUT, call: "look up the host '\(host)'",
      words: "no name server says in time where the host '\(host)' is")
  }

  /// The error of the call that has just failed.
  package static func last(_ call: @autoclosure () -> String) -> SystemError {
    let code = errno
    return SystemError(code: code, call: call())
  }

  /// The system's words for the code, or better ones.
  public var reason: String { words ?? String(cString: strerror(code)) }

  /// Somebody listens there already.
  public static let addressInUse = EADDRINUSE
  /// This user may not (EACCES).
  public static let permissionDenied = EACCES
  /// This user may not (EPERM).
  public static let notPermitted = EPERM
  /// Something else is there.
  public static let fileExists = EEXIST
  /// There is nothing at that path.
  public static let noSuchFile = ENOENT
  /// Nobody listens there.
  public static let connectionRefused = ECONNREFUSED
  /// The other side says nothing.
  public static let timedOut = ETIMEDOUT
  /// The process may open no more files.
  public static let tooManyOpenFiles = EMFILE
  /// Another program has it.
  public static let busy = EBUSY
  /// It is no device of that kind.
  public static let notATerminal = ENOTTY
  /// The device or its driver cannot do that.
  public static let invalidArgument = EINVAL
  /// The device is gone, or broken.
  public static let inputOutput = EIO
}

extension SystemError: CustomStringConvertible {
  /// The call, the reason, and the advice.
  public var description: String { "\(call): \(reason)" + (advice.map { "; \($0)" } ?? "") }
}
