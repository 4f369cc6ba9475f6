/// The frames of one type and instance that are kept, oldest first.
struct KeptRing {
  /// Where one of them is found on its shelf.
  struct Place {
    /// By which a frame that is sent again is known.
    let timestamp: UInt64
    let arrival: UInt64
  }

  private var places: [Place] = []
  /// The places before it have gone.
  private var head = 0
  private var latestTimestamp: UInt64 = 0

  var count: Int { places.count - head }
  var newest: Place? { count > 0 ? places.last : nil }

  /// Whether a frame with this time stamp is kept. One that is later than all before costs no search.
  func contains(_ timestamp: UInt64) -> Bool {
    timestamp <= latestTimestamp && places[head...].contains { $0.timestamp == timestamp }
  }

  mutating func append(_ place: Place) {
    places.append(place)
    latestTimestamp = max(latestTimestamp, place.timestamp)
  }

  mutating func removeOldest() -> Place? {
    guard count > 0 else { return nil }
    defer {
      head += 1
      if head > 16, head > places.count / 2 {
        places.removeFirst(head)
        head = 0
      }
    }
    return places[head]
  }

  mutating func removeNewest() -> Place? {
    count > 0 ? places.removeLast() : nil
  }
}
