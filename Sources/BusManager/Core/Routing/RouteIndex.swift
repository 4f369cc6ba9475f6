import BusWire

/// Who listens for each type: what a listen set changes here takes as long as its own entries, however many others listen.
struct RouteIndex: ~Copyable {
  /// By type: the slots of those who listen for it, in order. Type 0 has those who listen for every type.
  private var listeners: [UInt16: [UInt32]] = [:]
  /// By type: how often those who listen for it have changed.
  private let versions: UnsafeMutablePointer<UInt32>
  /// How often those have changed who listen for every type.
  private(set) var commonVersion: UInt32 = 0

  private static let typeCount = 1 << 16

  init() {
    versions = .allocate(capacity: Self.typeCount)
    versions.initialize(repeating: 0, count: Self.typeCount)
  }

  deinit { versions.deallocate() }

  /// A number that is another one after those have changed who may listen for a type.
  @inline(__always)
  func version(of type: UInt16) -> UInt64 { UInt64(commonVersion) << 32 | UInt64(versions[Int(type)]) }

  /// The slots of those who listen for a type and not for every type.
  func listeners(of type: UInt16) -> [UInt32] { listeners[type] ?? [] }

  /// The slots of those who listen for every type.
  var listenersOfAll: [UInt32] { listeners[0] ?? [] }

  /// Replaces what a session listens for.
  mutating func replace(_ before: ListenSet, by after: ListenSet, of id: SessionID) {
    before.forEachType { type, entries in
      if !after.contains(type) { remove(id.slot, type) }
      if after.entries(of: type) != entries { change(type) }
    }
    after.forEachType { type, _ in
      guard !before.contains(type) else { return }
      insert(id.slot, type)
      change(type)
    }
  }

  private mutating func change(_ type: UInt16) {
    if type == 0 { commonVersion &+= 1 } else { versions[Int(type)] &+= 1 }
  }

  private mutating func insert(_ slot: UInt32, _ type: UInt16) {
    let place = listeners[type].map { Self.place(of: slot, in: $0) } ?? 0
    listeners[type, default: []].insert(slot, at: place)
  }

  private mutating func remove(_ slot: UInt32, _ type: UInt16) {
    guard let place = listeners[type].map({ Self.place(of: slot, in: $0) }) else { return }
    listeners[type]?.remove(at: place)
    if listeners[type]?.isEmpty == true { listeners[type] = nil }
  }

  private static func place(of slot: UInt32, in slots: [UInt32]) -> Int {
    var (low, high) = (0, slots.count)
    while low < high {
      let middle = (low + high) / 2
      if slots[middle] < slot { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
