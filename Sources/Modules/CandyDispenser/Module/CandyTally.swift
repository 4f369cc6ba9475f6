import CandyDispenserProtocol
import Frames

/// What a dispenser has done since the module began.
struct CandyTally {
  var dispensed: UInt32 = 0
  var failed: UInt32 = 0
  var taken: UInt32 = 0
  var notTaken: UInt32 = 0
  var unexpected: UInt32 = 0
  var noiseBytes: UInt64 = 0
  /// Why the link is as it is, for a person.
  var reason = "the port was not opened yet"
  /// The request that was accepted last.
  private(set) var latest = LatestRequest()

  struct LatestRequest {
    var id: UInt32 = 0
    var count: UInt16 = 0
    var dispensed: UInt16 = 0
    var failed: UInt16 = 0
    var taken: UInt16 = 0
  }

  mutating func accept(_ request: UInt32, count: UInt16) {
    latest = LatestRequest(id: request, count: count)
  }

  mutating func count(_ event: CandyEvent) {
    switch event {
    case .dispensed(let candy):
      dispensed.countOne()
      if candy.request == latest.id { latest.dispensed += 1 }
    case .failed(let candy, _):
      failed.countOne()
      if candy.request == latest.id { latest.failed += 1 }
    case .taken(let candy):
      taken.countOne()
      if candy.request == latest.id { latest.taken += 1 }
    case .notTaken: notTaken.countOne()
    case .unexpected: unexpected.countOne()
    case .noise(let bytes): noiseBytes += bytes
    default: break
    }
  }
}

extension UInt32 {
  /// A misbehaving dispenser gets there within hours; the end of the count must not be the end of the module.
  fileprivate mutating func countOne() {
    if self < .max { self += 1 }
  }
}
