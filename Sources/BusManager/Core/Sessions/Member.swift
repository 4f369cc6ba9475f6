import BusWire

/// What HELLO said of a module, with the id that it was given.
struct Member {
  let identity: ModuleIdentity
  let isObserver: Bool
  /// The user of its process, if that is known.
  let user: UInt32?

  var key: ModuleKey { ModuleKey(name: identity.name, instance: identity.instance) }

  /// What MODULE_STATUS says of it.
  func status(_ state: ModuleState, reason: String) -> ModuleStatus {
    ModuleStatus(
      module: identity.id, state: state, instance: identity.instance, observer: isObserver, pid: identity.pid,
      name: identity.name, reason: reason, user: user ?? ModuleStatus.unknownUser)
  }
}

/// The process at the other end of a connection on this machine, as the kernel knows it: unlike what HELLO says, it
/// cannot be made up.
public struct PeerProcess: Equatable, Sendable {
  /// Its process id.
  public let id: UInt32
  /// The id of its user.
  public let user: UInt32

  /// - Parameters:
  ///   - id: its process id.
  ///   - user: the id of its user.
  public init(id: UInt32, user: UInt32) {
    self.id = id
    self.user = user
  }
}

/// What a module is known by: two of one name need different instances.
struct ModuleKey: Hashable, CustomStringConvertible {
  var name: String
  var instance: UInt8

  /// `led`, or `led/2` for the instance 2.
  var description: String { instance == 0 ? name : "\(name)/\(instance)" }
}
