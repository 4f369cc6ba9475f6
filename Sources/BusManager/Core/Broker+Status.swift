import BusWire

extension Broker {
  /// Answers a request for BUS_STATUS.
  mutating func sendStatus(to id: SessionID) {
    let modules = sessions.ids.filter { sessions[$0].state == .live }.map { counters(of: $0) }
    enqueue(
      BusStatus(
        uptimeMilliseconds: (now &- startedAt) / 1_000_000,
        queuedBytes: UInt64(pool.usedCount * BlockPool.capacity), queuedBytesMax: UInt64(limits.queuesBytesMax),
        retainedBytes: UInt64(retained.byteCount), modules: modules, types: types.all),
      to: id)
  }

  private func counters(of id: SessionID) -> ModuleCounters {
    let counters = sessions[id].counters
    var patience = sessions[id].patience
    patience.end(at: now)
    return ModuleCounters(
      module: sessions[id].source, state: state(of: id), framesIn: counters.framesIn, bytesIn: counters.bytesIn,
      framesOut: counters.framesOut, bytesOut: counters.bytesOut,
      waitingBytes: UInt64(sessions[id].output.count), waitingBytesMark: UInt64(counters.waitingBytesMark),
      heldMilliseconds: patience.held / 1_000_000, lost: counters.lost)
  }
}
