import BusWire
import EvominBridgeProtocol

/// Which frame a command is, and which way it goes. The command's payload is the frame's, byte for byte.
struct EvominRoute: Equatable, Sendable {
  enum Direction: String, CaseIterable, Sendable {
    case toDevice = "to_device"
    case fromDevice = "from_device"
    case both
  }

  let command: EvominCommand
  let frame: FrameType
  /// Of which instance the frame is.
  let instance: UInt8
  let direction: Direction
  /// Whether a request for the frame becomes the command without a payload, which the device answers.
  let takesRequests: Bool

  init(
    _ command: EvominCommand, _ frame: FrameType, instance: UInt8 = 0, direction: Direction,
    takesRequests: Bool = false
  ) {
    self.command = command
    self.frame = frame
    self.instance = instance
    self.direction = direction
    self.takesRequests = takesRequests
  }

  var goesToDevice: Bool { direction != .fromDevice }
  var comesFromDevice: Bool { direction != .toDevice }
}
