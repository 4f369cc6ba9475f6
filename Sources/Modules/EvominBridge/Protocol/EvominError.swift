/// Why something was refused before it went anywhere.
public enum EvominError: Error, Equatable, Sendable {
  /// More bytes than fit.
  case tooLong(bytes: Int, bytesMax: Int)
  /// As many frames wait as may.
  case queueFull(framesMax: Int)
  /// The line is not open.
  case closed
  /// There is no frame from a master to reply to.
  case nothingToReplyTo
  /// A slave cannot send of its own accord.
  case slaveCannotSend
}

extension EvominError: CustomStringConvertible {
  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .tooLong(let bytes, let bytesMax): "\(bytes) bytes are too many: at most \(bytesMax) fit"
    case .queueFull(let framesMax): "\(framesMax) frames wait already: try again when one is acknowledged or given up"
    case .closed: "the line is not open"
    case .nothingToReplyTo: "only a slave replies, and only to the frame that it has just received"
    case .slaveCannotSend: "a slave cannot send: it replies when its master asks"
    }
  }
}
