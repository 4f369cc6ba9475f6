import BusWire

/// Something that happened at the manager and belongs into its log.
public enum BrokerEvent: Equatable, Sendable {
  case joined(ModuleIdentity)
  case left(ModuleIdentity, reason: String)
  case lost(ModuleIdentity, reason: String)
  /// A connection was refused or cut. The module is nil if it never said who it is.
  case refused(ModuleIdentity?, code: GoodbyeCode, text: String)
  /// A module has held its senders back for too long; nobody waits for it any more.
  case slow(ModuleIdentity)
  case hung(ModuleIdentity)
  /// A module that was slow or hung has recovered.
  case recovered(ModuleIdentity, from: ModuleState)
  /// The first frame was dropped instead of being sent to a module.
  case missesFrames(ModuleIdentity)
  /// Frames that were dropped instead of being sent to a module were reported to it; `total` since it joined.
  case lostFrames(ModuleIdentity, count: UInt64, total: UInt64)
  case mismatch(ModuleIdentity, ModuleIdentity, frame: String, difference: String)
  /// A module's last values are too many to be kept.
  case retainedFull(ModuleIdentity)
}

/// Who a module is, in words for people.
public struct ModuleIdentity: Equatable, Sendable, CustomStringConvertible {
  /// The id that the manager gave.
  public var id: UInt32
  /// The name of HELLO.
  public var name: String
  /// Which of several equal modules it is.
  public var instance: UInt8
  /// The process as the kernel knows it, else as HELLO gives it; 0 if neither does.
  public var pid: UInt32

  /// `led`, or `led/2` for the instance 2.
  public var description: String { ModuleKey(name: name, instance: instance).description }
}
