import BusWire

/// Why a verb of the bus failed: a code for programs, a message that a person can act on, and the cause where there is one.
public struct BusError: Error, Sendable {
  /// What went wrong, for programs. There may be more of them in a later version: a `switch` over it has a `default`.
  public struct Code: Hashable, Sendable {
    private enum Kind: Hashable {
      case noData, notConnected, noListener, timeout, backpressure, invalidFrame, configuration, stopped
      case refused(GoodbyeCode)
    }

    private let kind: Kind

    /// `getData()` was called with nothing there.
    public static let noData = Code(kind: .noData)
    /// There is no connection to a manager; the frame was not sent.
    public static let notConnected = Code(kind: .notConnected)
    /// Nobody listens for requests of the type.
    public static let noListener = Code(kind: .noListener)
    /// The answer did not come in time.
    public static let timeout = Code(kind: .timeout)
    /// The manager does not take frames as fast as they are sent; the frame was not sent.
    public static let backpressure = Code(kind: .backpressure)
    /// A frame does not fit its schema, or is too large.
    public static let invalidFrame = Code(kind: .invalidFrame)
    /// The address or another setting means nothing.
    public static let configuration = Code(kind: .configuration)
    /// `stop()` was called before.
    public static let stopped = Code(kind: .stopped)
    /// The manager ended or refused the connection.
    public static func refused(_ reason: GoodbyeCode) -> Code { Code(kind: .refused(reason)) }

    /// Why the manager ended or refused the connection; nil for every other code.
    public var refusal: GoodbyeCode? {
      if case .refused(let reason) = kind { reason } else { nil }
    }
  }

  /// What went wrong, for programs.
  public let code: Code
  /// What went wrong and what to do, for people.
  public let message: String
  /// What lies beneath, such as a `CodecError` or a `SystemError`.
  public let cause: (any Error)?

  /// - Parameters:
  ///   - code: for programs.
  ///   - message: for people, with the next step.
  ///   - cause: what lies beneath.
  public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// `getData()` was called with nothing there.
  public static let noData = BusError(.noData, "there is no frame to get; ask hasData first")
}

extension BusError {
  /// What errors of one cause have in common, whatever the values are.
  var causeID: String {
    guard let codec = cause as? CodecError else { return message }
    // The message begins with the frame and its sender.
    return message.prefix { $0 != ":" } + codec.causeID
  }
}

extension BusError: Equatable {
  /// Errors are equal if their codes and messages are.
  public static func == (left: BusError, right: BusError) -> Bool {
    left.code == right.code && left.message == right.message
  }
}

extension BusError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
