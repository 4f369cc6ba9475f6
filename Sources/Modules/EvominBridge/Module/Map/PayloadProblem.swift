import BusWire

/// Why a payload is not one of a frame.
enum PayloadProblem: Error, Equatable, Sendable {
  /// It does not fit the frame's fields, or a value is out of its range.
  case unfit(CodecError)
  /// It goes on behind the last field.
  case tooLong(bytes: Int, fieldBytes: Int)

  /// What is wrong, without the values: problems of one cause have it in common.
  var causeID: String {
    switch self {
    case .unfit(let error): error.causeID
    case .tooLong: "tooLong"
    }
  }
}

extension PayloadProblem: CustomStringConvertible {
  var description: String {
    switch self {
    case .unfit(let error): "\(error)"
    case .tooLong(let bytes, let fieldBytes):
      "it has \(bytes) bytes and its fields \(fieldBytes); a C struct must be packed"
    }
  }
}
