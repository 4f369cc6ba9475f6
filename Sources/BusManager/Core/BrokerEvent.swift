import BusWire

/// Something that happened at the manager and belongs into its log.
public enum BrokerEvent: Equatable, Sendable {
  case joined(ModuleIdentity)
  case left(ModuleIdentity, reason: String)
  case lost(ModuleIdentity, reason: String)
  /// A connection was refused or cut. The module is nil if it never said who it is.
  case refused(ModuleIdentity?, code: GoodbyeCode, text: String)
  /// A receiver that is not waited for is too slow and begins to miss frames.
  case missesFrames(ModuleIdentity)
}

/// Who a module is, in words for people.
public struct ModuleIdentity: Equatable, Sendable, CustomStringConvertible {
  public var id: UInt32
  public var name: String
  public var instance: UInt8
  public var pid: UInt32

  /// `led`, or `led/2` for the instance 2.
  public var description: String { instance == 0 ? name : "\(name)/\(instance)" }
}
