import BusWire

/// Who waits for whom, and who loses what.
extension Broker {
  /// Parks the sender if a receiver that is waited for has no room for a frame.
  mutating func waitsForRoom(_ route: RouteTable.Route, _ lane: Lane, _ frameBytes: Int, from id: SessionID) -> Bool {
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver == id || !sessions[receiver].isAwaited(in: lane) { continue }
      if !takesFrame(frameBytes, lane, receiver) || isBehindOthers(id, receiver) {
        wait(id, for: receiver)
        return true
      }
    }
    guard needsMemory(route, frameBytes, from: id), let receiver = makeMemory(frameBytes * route.count) else {
      return false
    }
    wait(id, for: receiver)
    return true
  }

  /// Whether a frame has to wait for memory when all of it is in use.
  ///
  /// A small frame for receivers that hold next to nothing does not, so those who do not read stop only their own
  /// senders.
  private func needsMemory(_ route: RouteTable.Route, _ frameBytes: Int, from id: SessionID) -> Bool {
    if frameBytes > BlockPool.capacity { return true }
    return (0..<route.count).contains { index in
      let receiver = routes.receiver(index, of: route)
      return receiver != id && sessions[receiver].output.count >= BlockPool.capacity
    }
  }

  /// Whether one receiver's lane has room for a frame: within the limit, or for any one frame if it is empty.
  private func takesFrame(_ frameBytes: Int, _ lane: Lane, _ receiver: SessionID) -> Bool {
    let waiting = sessions[receiver].output.count(in: lane)
    return waiting + frameBytes <= limits.queueBytesMax || waiting == 0
  }

  /// Stops reading a session until a receiver has room again; the receiver's patience runs meanwhile.
  mutating func wait(_ id: SessionID, for receiver: SessionID) {
    sessions[id].waitsFor = receiver
    sessions[id].waitsSince = now
    if sessions[id].ticket == 0 { sessions[id].ticket = nextTicket() }
    guard receiver != id else { return }
    sessions[receiver].waitingCount += 1
    sessions[receiver].patience.begin(at: now)
    if let deadline = sessions[receiver].patience.deadline { earliestDeadline = min(earliestDeadline, deadline) }
  }

  /// Stops reading a session that asks faster than it reads the answers.
  mutating func waitForOwnAnswers(_ id: SessionID) {
    let waiting = sessions[id].output.count(in: .bus)
    let isFull = waiting > limits.queueBytesMax || (waiting > 0 && pool.bytesLeft <= 0)
    if isFull, sessions[id].waitsFor == nil { wait(id, for: id) }
  }

  /// Stops reading a session until receivers have given memory back; cuts it if none of them can.
  ///
  /// - Returns: whether there is memory now.
  mutating func hasMemory(_ byteCount: Int, for id: SessionID, toHold what: String) -> Bool {
    if let receiver = makeMemory(byteCount) {
      wait(id, for: receiver)
      return false
    }
    if pool.bytesLeft >= byteCount { return true }
    refuse(id, .full, "the manager has no memory left for \(what); try again later or raise its --max-memory")
    return false
  }

  mutating func nextTicket() -> UInt64 {
    lastTicket += 1
    return lastTicket
  }

  /// Whether somebody waits longer for this receiver. Otherwise small frames would never let a large one in.
  private func isBehindOthers(_ id: SessionID, _ receiver: SessionID) -> Bool {
    guard sessions[receiver].waitingCount > 0 else { return false }
    let ticket = sessions[id].ticket == 0 ? .max : sessions[id].ticket
    return sessions.ids.contains {
      $0 != receiver && sessions[$0].waitsFor == receiver && sessions[$0].ticket < ticket
    }
  }

  /// By others, or by itself because it reads no answers.
  @inline(__always)
  func isWaitedFor(_ id: SessionID) -> Bool {
    sessions[id].waitingCount > 0 || sessions[id].waitsFor == id
  }

  /// Lets those go on who wait for a receiver, as far as they have room again.
  mutating func wakeWaiting(for id: SessionID) {
    if sessions[id].waitsFor == id, hasRoomForOwn(id) { wake(id) }
    if sessions[id].waitingCount > 0, hasRoomAgain(id) { wakeSenders(waitingFor: id) }
  }

  /// Whether half of what a module asked for itself has gone out: answers and kept frames.
  private func hasRoomForOwn(_ id: SessionID) -> Bool {
    sessions[id].output.count(in: .bus) <= limits.queueBytesMax / 2
      && sessions[id].output.count(in: .history) <= replayBytesMax / 2
  }

  private mutating func wake(_ id: SessionID) {
    sessions[id].waitsFor = nil
    sessions[id].liveness.excuse(now &- sessions[id].waitsSince)
    resumable.append(id)
  }

  /// Lets those who wait for a receiver go on.
  mutating func wakeSenders(waitingFor receiver: SessionID) {
    sessions[receiver].patience.end(at: now)
    var woken: [(ticket: UInt64, id: SessionID)] = []
    for id in sessions.ids where sessions[id].waitsFor == receiver {
      sessions[id].waitsFor = nil
      sessions[id].liveness.excuse(now &- sessions[id].waitsSince)
      woken.append((sessions[id].ticket, id))
    }
    sessions[receiver].waitingCount = 0
    // The last one in the list goes on first, so it must be the one that has waited for the longest time.
    woken.sort { $0.ticket > $1.ticket }
    resumable += woken.map(\.id)
  }

  /// Whether half of every lane is free.
  func hasRoomAgain(_ id: SessionID) -> Bool {
    Lane.inOrder.allSatisfy { sessions[id].output.count(in: $0) <= limits.queueBytesMax / 2 }
  }

  // MARK: Dropping

  /// Has the receivers that are not waited for drop their oldest frames until there is room for a run.
  mutating func makeRoom(_ route: RouteTable.Route, _ byteCount: Int, _ lane: Lane, from id: SessionID) {
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver == id || sessions[receiver].isAwaited(in: lane) { continue }
      while sessions[receiver].output.count(in: lane) + byteCount > limits.queueBytesMax,
        drop(from: receiver, lane, .queueFull)
      {}
    }
  }

  /// Has receivers that are behind drop the older frames of the same sender, type and instance.
  mutating func replaceOlder(_ route: RouteTable.Route, _ frame: UnsafeRawPointer, from id: SessionID) {
    let newer = FrameHeader(at: frame)
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver == id || !sessions[receiver].isBehind { continue }
      var replaced: [FrameHeader] = []
      sessions[receiver].output.removeFrames(in: .dataStream, pool) { older in
        let isOlder =
          older.type == newer.type && older.source == newer.source && older.instance == newer.instance
        if isOlder { replaced.append(older) }
        return isOlder
      }
      for header in replaced { lose(header, .replaced, at: receiver) }
    }
  }

  /// Drops the oldest frame of a lane.
  ///
  /// - Returns: whether there was one.
  private mutating func drop(from receiver: SessionID, _ lane: Lane, _ reason: LossReason) -> Bool {
    guard let header = sessions[receiver].output.dropFrame(in: lane, pool) else { return false }
    lose(header, reason, at: receiver)
    return true
  }

  /// Makes memory free at the receivers that hold most of it, as far as they need not be waited for, and of kept frames
  /// if that does not help.
  ///
  /// - Returns: whom to wait for if that is not enough; nil if it is, or nothing waits anywhere.
  private mutating func makeMemory(_ byteCount: Int) -> SessionID? {
    while pool.bytesLeft < byteCount {
      let receiver = fullestReceiver()
      if let receiver, let lane = droppableLane(of: receiver) {
        _ = drop(from: receiver, lane, .memoryFull)
      } else if retained.byteCount > 0, receiver.map({ isWaitingUseless(for: $0) }) ?? true {
        freeRetained(byteCount - pool.bytesLeft)
      } else {
        return receiver
      }
    }
    return nil
  }

  private func droppableLane(of receiver: SessionID) -> Lane? {
    Lane.droppable.first { sessions[receiver].output.count(in: $0) > 0 && !sessions[receiver].isAwaited(in: $0) }
  }

  /// Whether a receiver would give next to nothing back, or nobody has patience with it any more.
  private func isWaitingUseless(for receiver: SessionID) -> Bool {
    let session = sessions[receiver]
    return session.output.count < BlockPool.capacity || session.isSlow || session.isObserver
  }

  /// The receiver that holds most of the memory; nil if nothing waits anywhere.
  func fullestReceiver() -> SessionID? {
    let fullest = sessions.ids.max { sessions[$0].output.count < sessions[$1].output.count }
    return fullest.flatMap { sessions[$0].output.count > 0 ? $0 : nil }
  }

  // MARK: Reporting

  /// How far reports of losses to one receiver are apart.
  private static let lossReportNanoseconds: UInt64 = 100_000_000

  /// Counts a frame that a receiver does not get.
  mutating func lose(_ header: FrameHeader, _ reason: LossReason, at receiver: SessionID) {
    if sessions[receiver].counters.lost == 0, let identity = identity(of: receiver) {
      events.append(.missesFrames(identity))
    }
    sessions[receiver].counters.lost += 1
    sessions[receiver].hasLosses = true
    modules[receiver]?.losses.add(header, reason)
  }

  /// Reports to a receiver what it lost, once it reads again and not too often.
  mutating func reportLosses(to id: SessionID) {
    if now >= sessions[id].nextLossReport {
      reportLossesNow(to: id)
    } else {
      earliestDeadline = min(earliestDeadline, sessions[id].nextLossReport)
    }
  }

  /// Reports to a receiver what it lost since the report before.
  mutating func reportLossesNow(to id: SessionID) {
    guard sessions[id].hasLosses else { return }
    sessions[id].hasLosses = false
    sessions[id].nextLossReport = now + Self.lossReportNanoseconds
    guard let losses = modules[id]?.losses, let identity = identity(of: id) else { return }
    modules[id]?.losses.removeAll()
    for loss in losses.entries {
      enqueue(
        Lost(
          type: loss.type, instance: loss.instance, source: loss.source, count: loss.count, reason: loss.reason),
        to: id)
    }
    if losses.lostCount > 0 {
      events.append(.lostFrames(identity, count: losses.lostCount, total: sessions[id].counters.lost))
    }
    if losses.lostCount < losses.total, modules[id]?.isRetainedFull == false {
      modules[id]?.isRetainedFull = true
      events.append(.retainedFull(identity))
    }
  }
}
