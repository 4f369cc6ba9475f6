import BusWire

/// What one module listens for.
struct ListenSet: Equatable {
  /// By type; those for every type come first.
  private let entries: [ListenEntry]

  init(_ entries: [ListenEntry] = []) {
    self.entries = entries.sorted { $0.type < $1.type }
  }

  /// Values and requests of every type that modules can send.
  static let everything = ListenSet([
    ListenEntry(type: 0, instance: 0, anyInstance: true, values: true, requests: true)
  ])

  var isEmpty: Bool { entries.isEmpty }

  /// Memory that it takes.
  var byteCount: Int { entries.count * MemoryLayout<ListenEntry>.stride }

  /// Whether a frame of this kind is wanted.
  func accepts(type: UInt16, instance: UInt8, isRequest: Bool) -> Bool {
    anyEntry(type: type, instance: instance) { isRequest ? $0.requests : $0.values }
  }

  /// Whether an entry is about this type and instance, whatever it wants of it.
  func names(type: UInt16, instance: UInt8) -> Bool {
    anyEntry(type: type, instance: instance) { _ in true }
  }

  private func anyEntry(type: UInt16, instance: UInt8, where wants: (ListenEntry) -> Bool) -> Bool {
    func isMeant(by entry: ListenEntry) -> Bool { (entry.anyInstance || entry.instance == instance) && wants(entry) }
    if type < FrameType.firstBusID, entries.prefix(while: { $0.type == 0 }).contains(where: isMeant) { return true }
    return entries(of: type).contains(where: isMeant)
  }

  // MARK: By type

  /// The entries for a type.
  func entries(of type: UInt16) -> ArraySlice<ListenEntry> {
    entries[firstIndex(of: type)...].prefix { $0.type == type }
  }

  /// Whether there is an entry for a type.
  func contains(_ type: UInt16) -> Bool { !entries(of: type).isEmpty }

  /// Hands over the entries type by type.
  func forEachType(_ body: (UInt16, ArraySlice<ListenEntry>) -> Void) {
    var rest = entries[...]
    while let type = rest.first?.type {
      let same = rest.prefix { $0.type == type }
      body(type, same)
      rest = rest.dropFirst(same.count)
    }
  }

  private func firstIndex(of type: UInt16) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].type < type { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The bus's own frames that this set wants and `other` does not: their listener is new.
  func acceptsNewly(type: UInt16, than other: ListenSet) -> Bool {
    accepts(type: type, instance: 0, isRequest: false) && !other.accepts(type: type, instance: 0, isRequest: false)
  }
}
