import EvominBridgeProtocol

/// Compares what a receiver delivers with what was sent.
struct DeliveryTally: CustomStringConvertible {
  /// Frames that were sent intact.
  private(set) var intact = 0
  private(set) var delivered = 0
  private(set) var lost = 0
  /// Frames that came although something had happened to their bytes.
  private(set) var survived = 0
  /// Frames that nobody sent.
  private(set) var neverSent = 0
  private var expected = [EvominFrame]()
  private var next = 0
  private var damaged = [EvominFrame]()

  mutating func expect(_ frame: EvominFrame) {
    intact += 1
    expected.append(frame)
  }

  mutating func mayCome(_ frame: EvominFrame) {
    damaged.append(frame)
    if damaged.count > 20 { damaged.removeFirst() }
  }

  mutating func deliver(_ frame: EvominFrame) {
    if let place = expected[next...].firstIndex(of: frame) {
      lost += place - next
      delivered += 1
      next = place + 1
    } else if damaged.contains(frame) {
      survived += 1
    } else {
      neverSent += 1
    }
  }

  var description: String {
    "\(intact) intact frames, \(lost + expected.count - next) lost, \(survived) came in spite of damage, "
      + "\(neverSent) came that nobody sent"
  }
}
