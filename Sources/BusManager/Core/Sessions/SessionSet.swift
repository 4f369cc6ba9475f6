/// Some of the sessions, in no order: to add, remove or look for one costs the same however many there are.
struct SessionSet {
  /// Those that are in it.
  private(set) var ids: [SessionID] = []
  /// By slot: the place in `ids`; -1 for those that are not in it.
  private var places: [Int32] = []

  func contains(_ id: SessionID) -> Bool { Int(id.slot) < places.count && places[Int(id.slot)] >= 0 }

  mutating func insert(_ id: SessionID) {
    if contains(id) { return }
    while places.count <= Int(id.slot) { places.append(-1) }
    places[Int(id.slot)] = Int32(ids.count)
    ids.append(id)
  }

  mutating func remove(_ id: SessionID) {
    guard contains(id), let last = ids.popLast() else { return }
    let place = places[Int(id.slot)]
    places[Int(id.slot)] = -1
    guard last != id else { return }
    ids[Int(place)] = last
    places[Int(last.slot)] = place
  }
}
