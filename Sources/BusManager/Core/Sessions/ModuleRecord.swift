import BusWire

/// What the manager knows of a module beside its queues: who it is and what it wants.
struct ModuleRecord {
  var key: ModuleKey
  var pid: UInt32
  var isObserver: Bool
  var listens: ListenSet = ListenSet()
  /// Declared types: index in the registry, and what the module does with it.
  var declarations: [UInt16: DeclaredUse] = [:]

  init(_ hello: Hello) {
    key = ModuleKey(name: hello.name, instance: hello.instance)
    pid = hello.pid
    isObserver = hello.observer
  }
}

/// What a module is known by: two of one name need different instances.
struct ModuleKey: Hashable {
  var name: String
  var instance: UInt8
}

/// What a module does with a type that it declared.
struct DeclaredUse: Equatable {
  var declaration: Int
  var sends: Bool
  var listens: Bool
}
