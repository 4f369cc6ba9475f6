import BusWire
import EvominBridgeProtocol

/// Which frame a command is, and which way it goes. The command's payload is the frame's, byte for byte.
public struct EvominRoute: Equatable, Sendable {
  public enum Direction: String, CaseIterable, Sendable {
    case toDevice = "to_device"
    case fromDevice = "from_device"
    case both
  }

  public let command: EvominCommand
  public let frame: FrameType
  /// Of which instance the frame is.
  public let instance: UInt8
  public let direction: Direction
  /// Whether a request for the frame becomes the command without a payload, which the device answers.
  public let takesRequests: Bool

  public init(
    _ command: EvominCommand, _ frame: FrameType, instance: UInt8 = 0, direction: Direction,
    takesRequests: Bool = false
  ) {
    self.command = command
    self.frame = frame
    self.instance = instance
    self.direction = direction
    self.takesRequests = takesRequests
  }

  public var goesToDevice: Bool { direction != .fromDevice }
  public var comesFromDevice: Bool { direction != .toDevice }
}
