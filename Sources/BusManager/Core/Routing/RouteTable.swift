import BusWire

/// Who receives what, worked out once per kind of frame and kept until those change who may listen for its type.
///
/// An open hash table over one list of receivers; both are reused, so looking up and filling allocate nothing in the long
/// run.
struct RouteTable: ~Copyable {
  /// A part of the list of receivers.
  struct Route: BitwiseCopyable {
    var start: Int
    var count: Int
    /// How many of them are not observers.
    var listenerCount: Int

    static let empty = Route(start: 0, count: 0, listenerCount: 0)
  }

  private struct Entry: BitwiseCopyable {
    var key = RouteKey(word: 0)
    /// The entry counts only if this is the table's.
    var epoch: UInt32 = 0
    /// The route holds only if this is that of its type.
    var version: UInt64 = 0
    var route = Route.empty
  }

  /// Beyond half of it the table starts anew, so a client that invents types cannot fill the memory.
  private static let capacityMax = 1 << 15
  /// Receivers of routes that do not hold any more, before all starts anew.
  private static let staleMax = 1 << 16

  private var entries: UnsafeMutablePointer<Entry>
  private var capacity = 1 << 12
  private var epoch: UInt32 = 1
  private var used = 0
  private var receivers: [SessionID] = []
  private var staleCount = 0

  init() { entries = Self.allocate(capacity) }

  deinit { entries.deallocate() }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Entry> {
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
    entries.initialize(repeating: Entry(), count: capacity)
    return entries
  }

  // MARK: Finding

  @inline(__always)
  func receiver(_ index: Int, of route: Route) -> SessionID {
    receivers[route.start &+ index]
  }

  /// The route of a key; nil if it has to be worked out.
  @inline(__always)
  func find(_ key: RouteKey, version: UInt64) -> Route? {
    let entry = entries + place(of: key)
    return entry.pointee.epoch == epoch && entry.pointee.version == version ? entry.pointee.route : nil
  }

  /// Where a key is, or would be.
  @inline(__always)
  private func place(of key: RouteKey) -> Int {
    var index = Int(truncatingIfNeeded: (key.bits &* 0x9E37_79B1) >> 17) & (capacity &- 1)
    while entries[index].epoch == epoch, entries[index].key != key { index = (index &+ 1) & (capacity &- 1) }
    return index
  }

  // MARK: Filling

  /// Makes room for one more route. Call it before its receivers are added.
  mutating func makeRoom() {
    if staleCount > Self.staleMax, staleCount > receivers.count / 2 { return startAnew() }
    guard used >= capacity / 2 else { return }
    if capacity < Self.capacityMax { grow() } else { startAnew() }
  }

  private mutating func startAnew() {
    used = 0
    staleCount = 0
    receivers.removeAll(keepingCapacity: true)
    if epoch == .max {
      entries.update(repeating: Entry(), count: capacity)
      epoch = 0
    }
    epoch &+= 1
  }

  private mutating func grow() {
    let (before, count) = (entries, capacity)
    capacity *= 2
    entries = Self.allocate(capacity)
    for index in 0..<count where before[index].epoch == epoch { entries[place(of: before[index].key)] = before[index] }
    before.deallocate()
  }

  var receiverCount: Int { receivers.count }

  mutating func addReceiver(_ id: SessionID) {
    receivers.append(id)
  }

  /// Keeps a route in place of the one before of its key.
  mutating func insert(_ key: RouteKey, version: UInt64, _ route: Route) {
    let place = place(of: key)
    if entries[place].epoch == epoch { staleCount += entries[place].route.count } else { used += 1 }
    entries[place] = Entry(key: key, epoch: epoch, version: version, route: route)
  }
}
