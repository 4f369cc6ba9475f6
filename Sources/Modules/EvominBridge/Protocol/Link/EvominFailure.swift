/// Why a frame was given up. It may have arrived all the same, unless it was never sent.
public enum EvominFailure: Error, Equatable, Sendable {
  /// No acknowledgement came.
  case noAnswer
  /// The last attempt was answered by a refusal: the other end found the checksum wrong.
  case refused
  /// Something was always arriving, so it was never sent.
  case lineBusy
  /// The line was closed or lost first.
  case lineLost
  /// The slave announced a reply that is longer than any.
  case replyTooLong(bytes: Int)
}

extension EvominFailure: CustomStringConvertible {
  /// What it means, for a person.
  public var description: String {
    switch self {
    case .noAnswer: "no acknowledgement came"
    case .refused: "the other end refused it: it came with a wrong checksum"
    case .lineBusy: "something was always arriving on the line"
    case .lineLost: "the line was closed"
    case .replyTooLong(let bytes): "the reply has \(bytes) bytes, more than fit"
    }
  }
}
