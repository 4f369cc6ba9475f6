import BusWire

extension Broker {
  /// Keeps the last frame of a sender for those who listen later.
  mutating func keep(_ frame: UnsafeRawBufferPointer, from id: SessionID) {
    guard let growth = modules[id]?.retained.keep(frame, growthMax: limits.retainedBytesMax - retainedBytes) else {
      if modules[id]?.isRetainedFull == false, let identity = identity(of: id) {
        modules[id]?.isRetainedFull = true
        events.append(.retainedFull(identity))
      }
      return
    }
    retainedBytes += growth
  }

  /// Sends a listener the last values of everything that is new in its listen set.
  mutating func sendRetained(to id: SessionID, newerThan before: ListenSet) {
    guard retainedBytes > 0, let listens = modules[id]?.listens else { return }
    for other in sessions.ids where other != id {
      modules[other]?.retained.visit { header, bytes in
        guard listens.accepts(type: header.type, instance: header.instance, isRequest: false),
          !before.accepts(type: header.type, instance: header.instance, isRequest: false)
        else { return }
        sessions[id].output.append(bytes.baseAddress!, bytes.count, to: Lane(header.flags.priority), pool)
        queued(1, bytes.count, at: id)
      }
    }
    // A client that listens anew again and again without reading gets no further.
    if sessions[id].waitsFor == nil, sessions[id].output.count > limits.queueBytesMax, !hasRoomAgain(id) {
      wait(id, for: id)
    }
  }
}
