/// What a firmware has to do with.
struct MachineParts {
  var mechanics: CandyMechanics
  var line = SimulatedLine()
  /// Bytes from the host that found no room.
  var lostInputBytes = 0
  /// Whether the firmware has reset its board.
  var wantsReset = false
}
