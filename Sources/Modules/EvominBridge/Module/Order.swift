/// A frame for the device whose outcome is open.
struct Order {
  /// What a command of the bus is called by who sent it; nil for a frame that the map made a command of.
  let request: UInt32?
  let command: UInt8
  var attempts = 0
}
