import BusWire

/// What the manager knows of a module beside its queues: who it is and what it wants.
struct ModuleRecord {
  var key: ModuleKey
  var pid: UInt32
  var isObserver: Bool
  var listens = ListenSet()
  /// Declared types: index in the registry, and what the module does with it.
  var declarations: [UInt16: DeclaredUse] = [:]
  /// Differences that were reported to it.
  var mismatches: Set<Mismatched> = []
  /// The kept frames that it is being sent.
  var replay: Replay?
  /// That not all is kept that it asked to keep was logged.
  var isRetainedFull = false
  var losses = LossLedger()

  init(_ hello: Hello) {
    key = ModuleKey(name: hello.name, instance: hello.instance)
    pid = hello.pid
    isObserver = hello.observer
  }
}

/// What a module is known by: two of one name need different instances.
struct ModuleKey: Hashable, CustomStringConvertible {
  var name: String
  var instance: UInt8

  /// `led`, or `led/2` for the instance 2.
  var description: String { instance == 0 ? name : "\(name)/\(instance)" }
}

/// What a module does with a type that it declared.
struct DeclaredUse: Equatable {
  var declaration: Int
  var sends: Bool
  var listens: Bool
  var properties: FrameProperties
}

/// Another module's field list that does not fit.
struct Mismatched: Hashable {
  var source: UInt32
  var declaration: Int
}
