import BusWire

/// What happened on a bus between two looks at the manager's counters.
struct StatusWindow {
  /// How much went by.
  struct Amount: Equatable {
    var frames: UInt64 = 0
    var bytes: UInt64 = 0
  }

  /// The counters at the end.
  let status: BusStatus
  /// How long it was by the manager's clock; nil if there was one look only.
  let seconds: Double?
  private let modules: [UInt32: ModuleCounters]
  private let modulesBefore: [UInt32: ModuleCounters]
  private let types: [UInt16: Amount]
  private let typesBefore: [UInt16: Amount]

  /// - Parameter earlier: the counters at the start. What is not in there began at zero.
  init(_ status: BusStatus, since earlier: BusStatus? = nil) {
    self.status = status
    seconds = earlier.map { Double(status.uptimeMilliseconds &- $0.uptimeMilliseconds) / 1000 }
    modules = Self.byModule(status)
    modulesBefore = earlier.map(Self.byModule) ?? [:]
    types = Self.byType(status)
    typesBefore = earlier.map(Self.byType) ?? [:]
  }

  private static func byModule(_ status: BusStatus) -> [UInt32: ModuleCounters] {
    Dictionary(status.modules.map { ($0.module, $0) }) { _, last in last }
  }

  private static func byType(_ status: BusStatus) -> [UInt16: Amount] {
    Dictionary(status.types.map { ($0.type, Amount(frames: $0.frames, bytes: $0.bytes)) }) { _, last in last }
  }

  /// The counters of a module; nil if it is not connected.
  func counters(of module: UInt32) -> ModuleCounters? { modules[module] }

  /// All frames of a type since the manager's start.
  func total(of type: UInt16) -> Amount { types[type] ?? Amount() }

  /// The types of which a frame ever passed.
  var typesSeen: [UInt16] { types.filter { $0.value.frames > 0 }.keys.sorted() }

  /// What passed of a type.
  func passed(of type: UInt16) -> Amount {
    let (before, after) = (typesBefore[type] ?? Amount(), total(of: type))
    return Amount(frames: after.frames &- before.frames, bytes: after.bytes &- before.bytes)
  }

  /// What a counter of a module grew by.
  func growth(of counter: KeyPath<ModuleCounters, UInt64>, in module: UInt32) -> UInt64 {
    guard let after = modules[module]?[keyPath: counter] else { return 0 }
    return after &- (modulesBefore[module]?[keyPath: counter] ?? 0)
  }

  /// An amount as a rate per second; nil if there was one look only.
  func perSecond(_ amount: UInt64) -> Double? {
    seconds.map { $0 > 0 ? Double(amount) / $0 : 0 }
  }
}
