/// All sessions by slot, side by side in memory, so that none costs an object.
struct SessionTable: ~Copyable {
  private var base: UnsafeMutablePointer<Session>
  private var capacity: Int
  private var freeSlots: [UInt32] = []
  /// Slots that were ever used; all live ones are below.
  private(set) var end = 0
  private(set) var count = 0

  init() {
    capacity = 16
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  @inline(__always)
  subscript(id: SessionID) -> Session {
    unsafeAddress {
      precondition(Int(id.slot) < end)
      return UnsafePointer(base + Int(id.slot))
    }
    nonmutating unsafeMutableAddress {
      precondition(Int(id.slot) < end)
      return base + Int(id.slot)
    }
  }

  /// A fresh session in a free slot.
  mutating func insert() -> SessionID {
    count += 1
    if let slot = freeSlots.popLast() {
      base[Int(slot)] = Session()
      return SessionID(slot: slot)
    }
    if end == capacity { grow() }
    (base + end).initialize(to: Session())
    end += 1
    return SessionID(slot: UInt32(end - 1))
  }

  mutating func remove(_ id: SessionID) {
    self[id] = Session()
    freeSlots.append(id.slot)
    count -= 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Session>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: end)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  /// Every slot that may be in use.
  var ids: some Sequence<SessionID> { (0..<UInt32(end)).lazy.map { SessionID(slot: $0) } }
}
