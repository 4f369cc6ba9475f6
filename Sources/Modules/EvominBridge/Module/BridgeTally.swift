/// What a bridge has done since it began, as far as its line does not count it.
struct BridgeTally {
  var refused: UInt64 = 0
  var unfit: UInt64 = 0
  /// Replies of a device on SPI.
  var replies: UInt64 = 0
  /// Why the port is as it is, for a person.
  var reason = "the port was not opened yet"
}
