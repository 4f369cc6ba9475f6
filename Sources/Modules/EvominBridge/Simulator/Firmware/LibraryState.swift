/// What a library's receiver expects. Both libraries have one state for sending and receiving.
enum LibraryState: Equatable, Sendable {
  case idle, secondStart, thirdStart, command, length, payload, checksum
  /// The checksum was wrong: the next byte is swallowed.
  case checksumFailed
  case end
  /// Something was wrong: the Python library swallows the next byte.
  case error
  case waitingForAcknowledgement
}
