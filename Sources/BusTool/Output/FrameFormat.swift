/// How frames are shown.
enum FrameFormat: Equatable {
  /// A line with the decoded fields.
  case text
  /// A JSON object on a line.
  case json
  /// A line with the header, and the bytes of the payload.
  case raw
}
