/// What is on its way from a simulated machine to the host.
struct SimulatedLine {
  /// Bytes that may be on their way; what comes on top is lost, as in a board whose host does not read.
  private static let bytesMax = 4096

  private struct Delivery {
    let due: UInt64
    let output: SimulationOutput
  }

  private var deliveries: [Delivery] = []
  private var bytesCount = 0
  private var lastDue: UInt64 = 0
  var delayNanoseconds: UInt64 = 0
  var silentUntil: UInt64 = 0
  /// Bytes that found no room.
  private(set) var lostBytes = 0

  /// When something arrives.
  var deadline: UInt64? { deliveries.first?.due }

  mutating func send(_ bytes: [UInt8], at now: UInt64) {
    guard now >= silentUntil, !bytes.isEmpty else { return }
    guard bytesCount + bytes.count <= Self.bytesMax else {
      lostBytes += bytes.count
      return
    }
    bytesCount += bytes.count
    enqueue(.bytes(bytes), due: now + delayNanoseconds)
  }

  /// The port vanishes at a time; of what is on its way, this many messages still arrive now.
  mutating func unplug(at time: UInt64, arrivingFirst: Int, at now: UInt64) {
    var kept = arrivingFirst
    let last = deliveries.suffix(arrivingFirst)
    deliveries.removeAll { if case .bytes = $0.output { true } else { false } }
    bytesCount = 0
    lastDue = deliveries.last?.due ?? 0
    for delivery in last {
      guard kept > 0, case .bytes(let bytes) = delivery.output else { continue }
      kept -= 1
      bytesCount += bytes.count
      enqueue(delivery.output, due: now)
    }
    enqueue(.unplugged, due: time)
  }

  mutating func plug(at now: UInt64) { enqueue(.plugged, due: now) }

  /// What has arrived.
  mutating func next(at now: UInt64) -> SimulationOutput? {
    guard let first = deliveries.first, now >= first.due else { return nil }
    deliveries.removeFirst()
    if case .bytes(let bytes) = first.output { bytesCount -= bytes.count }
    return first.output
  }

  /// Nothing overtakes anything.
  private mutating func enqueue(_ output: SimulationOutput, due: UInt64) {
    lastDue = deliveries.isEmpty ? due : max(lastDue, due)
    deliveries.append(Delivery(due: lastDue, output: output))
  }
}
