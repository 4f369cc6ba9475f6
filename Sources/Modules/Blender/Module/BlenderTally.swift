import BlenderProtocol

/// What the blender's status says beside what it does now.
struct BlenderTally {
  private(set) var isReady = false
  private(set) var reason = "the pumps are not ready yet"
  private(set) var done: UInt32 = 0
  private(set) var failed: UInt32 = 0
  private(set) var refused: UInt32 = 0

  mutating func set(isReady: Bool, _ reason: String) { (self.isReady, self.reason) = (isReady, reason) }

  /// Counts an order or a wish that was refused.
  mutating func recordRefusal() { refused += 1 }

  /// Counts an order that has ended.
  mutating func enter(_ result: BarResult) {
    switch result {
    case .done: done += 1
    case .failed: failed += 1
    case .cancelled: break
    }
  }
}
