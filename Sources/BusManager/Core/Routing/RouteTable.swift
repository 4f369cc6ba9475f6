/// Who receives what, worked out once per kind of frame and kept until a listen set changes.
///
/// An open hash table over one list of receivers; both are reused, so looking up and filling allocate nothing.
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
    var route = Route.empty
  }

  private static let capacity = 1 << 12
  /// Beyond it the table starts anew, so a client that invents types cannot fill the memory.
  private static let usedMax = capacity / 2

  private let entries: UnsafeMutablePointer<Entry>
  private var epoch: UInt32 = 1
  private var used = 0
  private var receivers: [SessionID] = []

  init() {
    entries = .allocate(capacity: Self.capacity)
    entries.initialize(repeating: Entry(), count: Self.capacity)
  }

  deinit { entries.deallocate() }

  /// Forgets all routes, after a listen set changed.
  mutating func invalidate() {
    used = 0
    receivers.removeAll(keepingCapacity: true)
    if epoch == .max {
      entries.update(repeating: Entry(), count: Self.capacity)
      epoch = 0
    }
    epoch &+= 1
  }

  @inline(__always)
  func receiver(_ index: Int, of route: Route) -> SessionID {
    receivers[route.start &+ index]
  }

  /// The route of a key; nil if it has to be worked out.
  @inline(__always)
  func find(_ key: RouteKey) -> Route? {
    var index = Self.index(of: key)
    while entries[index].epoch == epoch {
      if entries[index].key == key { return entries[index].route }
      index = (index &+ 1) & (Self.capacity &- 1)
    }
    return nil
  }

  /// Starts anew if the table is full. Call it before the receivers of a new route are added.
  mutating func makeRoom() {
    if used >= Self.usedMax { invalidate() }
  }

  var receiverCount: Int { receivers.count }

  mutating func addReceiver(_ id: SessionID) {
    receivers.append(id)
  }

  mutating func insert(_ key: RouteKey, _ route: Route) {
    var index = Self.index(of: key)
    while entries[index].epoch == epoch { index = (index &+ 1) & (Self.capacity &- 1) }
    entries[index] = Entry(key: key, epoch: epoch, route: route)
    used += 1
  }

  @inline(__always)
  private static func index(of key: RouteKey) -> Int {
    Int(truncatingIfNeeded: (key.bits &* 0x9E37_79B1) >> 20)
  }
}
