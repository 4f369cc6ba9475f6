import BusWire

/// What one module listens for.
struct ListenSet: Equatable {
  private(set) var entries: [ListenEntry] = []

  init(_ entries: [ListenEntry] = []) {
    self.entries = entries
  }

  /// Whether a frame of this kind is wanted.
  func accepts(type: UInt16, instance: UInt8, isRequest: Bool) -> Bool {
    entries.contains { entry in
      (entry.type == type || (entry.type == 0 && type < FrameType.firstBusID))
        && (entry.anyInstance || entry.instance == instance)
        && (isRequest ? entry.requests : entry.values)
    }
  }

  /// The bus's own frames that this set wants and `other` does not: their listener is new.
  func acceptsNewly(type: UInt16, than other: ListenSet) -> Bool {
    accepts(type: type, instance: 0, isRequest: false) && !other.accepts(type: type, instance: 0, isRequest: false)
  }
}
