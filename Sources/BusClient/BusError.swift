import BusWire

/// Why a verb of the bus failed: a code for programs, a message that a person can act on, and the cause where there is one.
public struct BusError: Error, Sendable {
  public enum Code: Equatable, Sendable {
    /// `getData()` was called with nothing there.
    case noData
    /// There is no connection to a manager; the frame was not sent.
    case notConnected
    /// The manager ended or refused the connection.
    case refused(GoodbyeCode)
    /// Nobody listens for requests of the type.
    case noListener
    /// The answer did not come in time.
    case timeout
    /// The manager does not take frames as fast as they are sent; the frame was not sent.
    case backpressure
    /// A frame does not fit its schema, or is too large.
    case invalidFrame
    /// The address or another setting means nothing.
    case configuration
    /// `stop()` was called before.
    case stopped
  }

  public let code: Code
  public let message: String
  /// What lies beneath, such as a `CodecError` or a `SystemError`.
  public let cause: (any Error)?

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
  public var description: String { message }
}
