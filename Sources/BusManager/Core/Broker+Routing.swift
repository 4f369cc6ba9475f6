import BusWire

extension Broker {
  /// Routes the whole frames at the start of `bytes`, neighbours with the same receivers as one run.
  ///
  /// - Returns: how many bytes are done with. The rest is the start of a frame, or waits for a full receiver.
  mutating func route(_ bytes: UnsafeMutableRawBufferPointer, from id: SessionID) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    let end = bytes.count
    let payloadBytesMax = limits.payloadBytesMax
    let source = sessions[id].source.littleEndian
    var offset = 0
    var runStart = 0
    var run: RouteWord?

    while end &- offset >= FrameHeader.byteCount {
      let frame = base + offset
      let size = Int(UInt32(littleEndian: frame.loadUnaligned(as: UInt32.self)))
      let word = RouteWord(at: frame)
      if size > payloadBytesMax {
        let sent = emit(run, base + runStart, offset &- runStart, from: id)
        if sent < offset &- runStart { return runStart &+ sent }
        refuseSize(size, word, of: id)
        return end
      }
      if word != run {
        let sent = emit(run, base + runStart, offset &- runStart, from: id)
        if sent < offset &- runStart || sessions[id].waitsFor != nil { return runStart &+ sent }
        runStart = offset
        run = word
      }
      let frameBytes = FrameHeader.byteCount &+ size
      if _slowPath(!word.isForModules) {
        guard checkControl(size, word, of: id) else { return end }
        if end &- offset < frameBytes { return offset }
        if word.type == Schema.frameType.id, pool.bytesLeft < registry.answerBytes {
          waitForMemory(id, toHold: "all schemas")
          return sessions[id].state == .live ? offset : end
        }
        control(UnsafeRawBufferPointer(start: frame, count: frameBytes), from: id)
        if sessions[id].state != .live { return end }
        offset &+= frameBytes
        runStart = offset
        run = nil
        if sessions[id].waitsFor != nil { return offset }
        continue
      }
      if end &- offset < frameBytes { break }
      frame.storeBytes(of: source, toByteOffset: FrameHeader.Offset.source, as: UInt32.self)
      offset &+= frameBytes
    }
    return runStart &+ emit(run, base + runStart, offset &- runStart, from: id)
  }

  /// Queues a run of frames of one kind at everyone who listens.
  ///
  /// - Returns: how many bytes of whole frames went; fewer than `byteCount` if the sender has to wait.
  @inline(__always)
  private mutating func emit(_ word: RouteWord?, _ bytes: UnsafeRawPointer, _ byteCount: Int, from id: SessionID) -> Int
  {
    guard let word, byteCount > 0 else { return byteCount }
    let route = route(for: word.key)
    var sent = byteCount
    if hasRoom(route, word.lane, byteCount, from: id) {
      deliver(route, word.lane, bytes, byteCount, from: id)
    } else {
      sent = emitFrameByFrame(route, word.lane, bytes, byteCount, from: id)
    }
    if word.flags.contains(.request) { answerUnheard(route, bytes, sent, from: id) }
    return sent
  }

  @inline(__always)
  private mutating func deliver(
    _ route: RouteTable.Route, _ lane: OutputQueues.Lane, _ bytes: UnsafeRawPointer, _ byteCount: Int,
    from id: SessionID
  ) {
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver == id { continue }
      sessions[receiver].output.append(bytes, byteCount, to: lane, pool)
      markDirty(receiver)
    }
  }

  /// Whether nobody has to wait for anybody: the case that must be fast.
  @inline(__always)
  private func hasRoom(
    _ route: RouteTable.Route, _ lane: OutputQueues.Lane, _ byteCount: Int, from id: SessionID
  ) -> Bool {
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver == id { continue }
      if !takes(byteCount, lane, receiver) || sessions[receiver].waitingCount > 0 { return false }
    }
    let reserve = route.listenerCount < route.count ? observerReserve : 0
    return pool.bytesLeft >= byteCount &* route.count &+ reserve
  }

  /// Observers are never waited for, so they get only memory that the others can do without.
  private var observerReserve: Int { limits.queuesBytesMax / 2 }

  /// Whether one receiver's lane has room within the limit.
  @inline(__always)
  private func takes(_ byteCount: Int, _ lane: OutputQueues.Lane, _ receiver: SessionID) -> Bool {
    sessions[receiver].output.count(in: lane) &+ byteCount <= limits.queueBytesMax
  }

  /// Like `takes`, for a single frame: a larger one than the limit may wait alone.
  private func takesFrame(_ frameBytes: Int, _ lane: OutputQueues.Lane, _ receiver: SessionID) -> Bool {
    takes(frameBytes, lane, receiver) || sessions[receiver].output.count(in: lane) == 0
  }

  private mutating func emitFrameByFrame(
    _ route: RouteTable.Route, _ lane: OutputQueues.Lane, _ bytes: UnsafeRawPointer, _ byteCount: Int,
    from id: SessionID
  ) -> Int {
    var offset = 0
    while offset < byteCount {
      let frameBytes = FrameHeader(at: bytes + offset).frameByteCount
      if waitsForRoom(route, lane, frameBytes, from: id) { return offset }
      for index in 0..<route.count {
        let receiver = routes.receiver(index, of: route)
        if receiver == id || skips(receiver, lane, frameBytes) { continue }
        sessions[receiver].output.append(bytes + offset, frameBytes, to: lane, pool)
        markDirty(receiver)
      }
      offset += frameBytes
    }
    return offset
  }

  /// Parks the sender if a receiver that is waited for has no room for a frame.
  private mutating func waitsForRoom(
    _ route: RouteTable.Route, _ lane: OutputQueues.Lane, _ frameBytes: Int, from id: SessionID
  ) -> Bool {
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver == id || sessions[receiver].isObserver { continue }
      if !takesFrame(frameBytes, lane, receiver) || isBehindOthers(id, receiver) {
        wait(id, for: receiver)
        return true
      }
    }
    if pool.bytesLeft < frameBytes * route.listenerCount, let receiver = memoryHolder(route, frameBytes, from: id) {
      wait(id, for: receiver)
      return true
    }
    return false
  }

  /// An observer without room misses the frame: it is never waited for.
  private mutating func skips(_ receiver: SessionID, _ lane: OutputQueues.Lane, _ frameBytes: Int) -> Bool {
    guard sessions[receiver].isObserver else { return false }
    if takesFrame(frameBytes, lane, receiver), pool.bytesLeft >= frameBytes + observerReserve { return false }
    miss(receiver)
    return true
  }

  /// Counts a frame that a receiver does not get.
  mutating func miss(_ receiver: SessionID) {
    if sessions[receiver].missedFrames == 0, let identity = identity(of: receiver) {
      events.append(.missesFrames(identity))
    }
    sessions[receiver].missedFrames += 1
  }

  /// Queues a frame that was gathered in blocks; false if the sender has to wait.
  mutating func routeLarge(_ frame: ByteQueue, _ word: RouteWord, from id: SessionID) -> Bool {
    let route = route(for: word.key)
    if waitsForRoom(route, word.lane, frame.count, from: id) { return false }
    if word.flags.contains(.request), !isHeard(route, by: id) { sendNoListener(frame.frontHeader(), to: id) }
    var source = sessions[id].source.littleEndian
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver == id || skips(receiver, word.lane, frame.count) { continue }
      let head = FrameHeader.Offset.source
      frame.forEachPiece(from: 0, upTo: head) {
        sessions[receiver].output.append($0.baseAddress!, $0.count, to: word.lane, pool)
      }
      sessions[receiver].output.append(&source, 4, to: word.lane, pool)
      frame.forEachPiece(from: head + 4, upTo: frame.count) {
        sessions[receiver].output.append($0.baseAddress!, $0.count, to: word.lane, pool)
      }
      markDirty(receiver)
    }
    return true
  }

  /// The receivers of a kind of frame, its sender included.
  @inline(__always)
  mutating func route(for key: RouteKey) -> RouteTable.Route {
    routes.find(key) ?? resolve(key)
  }

  private mutating func resolve(_ key: RouteKey) -> RouteTable.Route {
    routes.makeRoom()
    var route = RouteTable.Route(start: routes.receiverCount, count: 0, listenerCount: 0)
    for id in sessions.ids {
      guard let module = modules[id], wants(module, key) else { continue }
      routes.addReceiver(id)
      route.count += 1
      if !module.isObserver { route.listenerCount += 1 }
    }
    routes.insert(key, route)
    return route
  }

  private func wants(_ module: ModuleRecord, _ key: RouteKey) -> Bool {
    if module.listens.accepts(type: key.type, instance: key.instance, isRequest: key.isRequest) { return true }
    // An observer sees the requests of what it looks at too.
    return module.isObserver && key.isRequest
      && module.listens.accepts(type: key.type, instance: key.instance, isRequest: false)
  }

  /// Whether somebody other than the requester and observers listens.
  private func isHeard(_ route: RouteTable.Route, by requester: SessionID) -> Bool {
    if route.listenerCount > 1 { return true }
    if route.listenerCount == 0 { return false }
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver != requester, !sessions[receiver].isObserver { return true }
    }
    return false
  }

  private mutating func answerUnheard(
    _ route: RouteTable.Route, _ bytes: UnsafeRawPointer, _ byteCount: Int, from id: SessionID
  ) {
    guard !isHeard(route, by: id) else { return }
    var offset = 0
    while offset < byteCount {
      let header = FrameHeader(at: bytes + offset)
      sendNoListener(header, to: id)
      offset += header.frameByteCount
    }
    waitForOwnAnswers(id)
  }

  private mutating func sendNoListener(_ header: FrameHeader, to id: SessionID) {
    enqueue(NoListener(type: header.type, instance: header.instance, sequence: header.sequence), to: id)
  }
}
