import BusWire

/// What HELLO said of a module, with the id that it was given.
struct Member {
  let identity: ModuleIdentity
  let isObserver: Bool

  var key: ModuleKey { ModuleKey(name: identity.name, instance: identity.instance) }

  /// What MODULE_STATUS says of it.
  func status(_ state: ModuleState, reason: String) -> ModuleStatus {
    ModuleStatus(
      module: identity.id, state: state, instance: identity.instance, observer: isObserver, pid: identity.pid,
      name: identity.name, reason: reason)
  }
}

/// What a module is known by: two of one name need different instances.
struct ModuleKey: Hashable, CustomStringConvertible {
  var name: String
  var instance: UInt8

  /// `led`, or `led/2` for the instance 2.
  var description: String { instance == 0 ? name : "\(name)/\(instance)" }
}
