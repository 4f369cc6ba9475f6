import BusWire

/// Kept frames that a LISTEN asked for and that are not all queued yet.
struct Replay {
  var cursor: Retained.Cursor
  /// What was listened for before: frames of it came as they were sent.
  let before: ListenSet
}

extension Broker {
  /// Keeps frames for those who listen later.
  mutating func keep(_ run: Run, _ word: RouteWord, from id: SessionID) {
    if retained.depth(of: word.type, for: id) == 1 { return keep(run.lastFrame, from: id) }
    run.forEachFrame { keep($0, from: id) }
  }

  private mutating func keep(_ frame: UnsafeRawBufferPointer, from id: SessionID) {
    recordDropped(retained.keep(frame, of: id, bytesFree: pool.bytesLeft))
  }

  /// Gives memory of kept frames back for something that cannot wait.
  mutating func freeRetained(_ bytes: Int) {
    recordDropped(retained.free(bytes))
  }

  /// Reports to modules what is not kept of theirs.
  private mutating func recordDropped(_ dropped: [Retained.Dropped]) {
    pool.reserve(retained.byteCount)
    for frame in dropped {
      modules[frame.owner]?.losses.add(frame.header, .notKept)
      sessions[frame.owner].hasLosses = true
    }
    for frame in dropped where !sessions[frame.owner].isBehind { reportLosses(to: frame.owner) }
  }

  // MARK: Sending

  /// Bytes of kept frames that wait for one listener at a time; the rest stays where it is kept.
  var replayBytesMax: Int { min(256 << 10, limits.queueBytesMax / 2) }

  /// Sends a listener what is kept of everything that is new in its listen set.
  ///
  /// Until all of it is queued, nothing else of the modules goes out to the listener and nothing more is read from it.
  mutating func beginReplay(to id: SessionID, newerThan before: ListenSet) {
    guard retained.byteCount > 0 else { return }
    modules[id]?.replay = Replay(cursor: retained.start, before: before)
    sessions[id].output.isReplaying = true
    continueReplay(to: id)
  }

  /// Queues the next kept frames, as many as may wait at a time.
  mutating func continueReplay(to id: SessionID) {
    guard var replay = modules[id]?.replay, let listens = modules[id]?.listens else { return }
    while sessions[id].output.count(in: .history) < replayBytesMax {
      var next = replay.cursor
      let frame = retained.next(&next, for: id) { kind in
        listens.accepts(type: kind.type, instance: kind.instance, isRequest: false)
          && !replay.before.accepts(type: kind.type, instance: kind.instance, isRequest: false)
      }
      guard let frame else { return endReplay(to: id) }
      guard hasMemoryToReplay(frame.count, to: id) else { break }
      replay.cursor = next
      frame.withUnsafeBytes { sessions[id].output.append($0.baseAddress!, $0.count, to: .history, pool) }
      queued(1, frame.count, at: id)
    }
    guard sessions[id].state == .live else { return }
    modules[id]?.replay = replay
    blocked(id)
    if sessions[id].waitsFor == nil { wait(id, for: id) }
  }

  /// A small frame for a listener for which no other waits does not wait for memory.
  private mutating func hasMemoryToReplay(_ frameBytes: Int, to id: SessionID) -> Bool {
    if frameBytes <= BlockPool.capacity, sessions[id].output.count(in: .history) == 0 { return true }
    return hasMemory(frameBytes, for: id, toHold: "the kept frames that it listens for")
  }

  /// Lets the frames go out that came meanwhile.
  mutating func endReplay(to id: SessionID) {
    guard sessions[id].output.isReplaying else { return }
    sessions[id].output.isReplaying = false
    sessions[id].ticket = 0
    modules[id]?.replay = nil
    if sessions[id].output.count > 0 { markDirty(id) } else if sessions[id].isBehind { caughtUp(id) }
  }
}
