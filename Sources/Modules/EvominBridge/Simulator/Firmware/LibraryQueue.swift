import EvominBridgeProtocol

/// Frames in a library's queue.
struct LibraryQueue: Sendable {
  struct Entry: Sendable {
    let frame: EvominFrame
    var attempts = 0
    var isAcknowledged = false
    /// When it may be sent next.
    var due: UInt64
  }

  private var entries = [Entry]()

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }

  /// The frame at the head.
  var head: Entry? {
    get { entries.first }
    set {
      guard let newValue else {
        if !entries.isEmpty { entries.removeFirst() }
        return
      }
      if entries.isEmpty { entries.append(newValue) } else { entries[0] = newValue }
    }
  }

  mutating func append(_ entry: Entry) { entries.append(entry) }
}
