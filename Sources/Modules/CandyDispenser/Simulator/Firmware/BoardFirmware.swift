/// A program on the simulated board, from its start on.
protocol BoardFirmware: Sendable {
  mutating func receive(_ bytes: [UInt8], _ parts: inout MachineParts, at now: UInt64)
  mutating func happened(_ event: CandyMechanics.Event, _ parts: inout MachineParts, at now: UInt64)
  /// When `step` is due.
  var deadline: UInt64? { get }
  mutating func step(_ parts: inout MachineParts, at now: UInt64)
}
