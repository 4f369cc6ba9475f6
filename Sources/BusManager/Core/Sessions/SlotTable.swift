/// A slot in the tables of sessions.
public struct SessionID: Hashable, Sendable, BitwiseCopyable {
  /// Its place in the tables of sessions.
  public let slot: UInt32

  /// The session at a place in the tables.
  public init(slot: UInt32) {
    self.slot = slot
  }
}

/// What one owner knows of each session, by slot and side by side in memory, so that none costs an object.
struct SlotTable<Element: ~Copyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity = 16
  /// Slots that were ever used; all sessions are below.
  private var end = 0

  init() { base = .allocate(capacity: capacity) }

  deinit {
    base.deinitialize(count: end)
    base.deallocate()
  }

  @inline(__always)
  subscript(id: SessionID) -> Element {
    unsafeAddress {
      precondition(Int(id.slot) < end)
      return UnsafePointer(base + Int(id.slot))
    }
    unsafeMutableAddress {
      precondition(Int(id.slot) < end)
      return base + Int(id.slot)
    }
  }

  /// Begins anew for a session in a slot. Slots are used from the first on, without a gap.
  mutating func open(_ id: SessionID, _ element: consuming Element) {
    if Int(id.slot) < end { return self[id] = element }
    precondition(Int(id.slot) == end)
    if end == capacity { grow() }
    (base + end).initialize(to: element)
    end += 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: end)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  /// Every slot that may be in use.
  var ids: LazyMapSequence<Range<UInt32>, SessionID> { (0..<UInt32(end)).lazy.map { SessionID(slot: $0) } }
}
