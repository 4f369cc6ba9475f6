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
    var run = Run(bytes: base)

    while end &- offset >= FrameHeader.byteCount {
      let frame = base + offset
      let size = Int(UInt32(littleEndian: frame.loadUnaligned(as: UInt32.self)))
      let word = RouteWord(at: frame)
      if word != run.word || size > payloadBytesMax {
        let sent = emit(run, from: id)
        if sent < run.byteCount || sessions[id].waitsFor != nil { return offset &- run.byteCount &+ sent }
        if size > payloadBytesMax {
          refuseSize(size, word, of: id)
          return end
        }
        run = Run(bytes: frame, word: word)
      }
      let frameBytes = FrameHeader.byteCount &+ size
      if _slowPath(!word.isForModules) {
        guard checkControl(size, word, of: id) else { return end }
        if end &- offset < frameBytes { return offset }
        if word.type == Ping.frameType.id, sessions[id].output.count(in: .history) > 0 {
          // Its PONG says that the kept frames asked for before have gone out.
          wait(id, for: id)
          return offset
        }
        if word.type == Schema.frameType.id, !hasMemory(registry.answerBytes, for: id, toHold: "all schemas") {
          return sessions[id].state == .live ? offset : end
        }
        control(UnsafeRawBufferPointer(start: frame, count: frameBytes), from: id)
        if sessions[id].state != .live { return end }
        offset &+= frameBytes
        run = Run(bytes: base + offset)
        if sessions[id].waitsFor != nil { return offset }
        continue
      }
      if end &- offset < frameBytes { break }
      frame.storeBytes(of: source, toByteOffset: FrameHeader.Offset.source, as: UInt32.self)
      offset &+= frameBytes
      run.add(frameBytes)
    }
    return offset &- run.byteCount &+ emit(run, from: id)
  }

  /// Queues a run at everyone who listens.
  ///
  /// - Returns: how many bytes of whole frames are done with; fewer than all if the sender has to wait.
  @inline(__always)
  private mutating func emit(_ run: Run, from id: SessionID) -> Int {
    guard let word = run.word, run.byteCount > 0 else { return 0 }
    let route = route(for: word.key)
    if hasRoom(route, run, word.lane, from: id) {
      deliver(route, run, word.lane, from: id)
      record(run, word, route, from: id)
      return run.byteCount
    }
    return emitWithoutRoom(route, run, word, from: id)
  }

  /// Whether nobody has to wait and nothing has to be dropped: the case that must be fast.
  @inline(__always)
  private func hasRoom(_ route: RouteTable.Route, _ run: Run, _ lane: Lane, from id: SessionID) -> Bool {
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver == id { continue }
      if sessions[receiver].output.count(in: lane) &+ run.byteCount > limits.queueBytesMax { return false }
      if lane == .dataStream, sessions[receiver].isBehind { return false }
      if sessions[receiver].waitingCount > 0 { return false }
    }
    return pool.bytesLeft >= run.byteCount &* route.count
  }

  /// Queues a run at its receivers. A long one stays in the buffer it was read into where nothing else waits.
  @inline(__always)
  private mutating func deliver(_ route: RouteTable.Route, _ run: Run, _ lane: Lane, from id: SessionID) {
    let isLong = run.byteCount >= Self.borrowedBytesMin && run.isInScratch
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver == id { continue }
      if isLong, sessions[receiver].output.count == 0, !sessions[receiver].isBehind {
        sessions[receiver].output.borrow(run.bytes, run.byteCount, lane: lane)
        borrowers.append(receiver)
      } else {
        sessions[receiver].output.append(run.bytes, run.byteCount, to: lane, pool)
      }
      queued(run.frameCount, run.byteCount, at: receiver)
    }
  }

  /// Runs of this many bytes and more are sent from where they were read to.
  private static let borrowedBytesMin = 4 << 10

  /// Whether receivers were given frames that still lie in the buffer for reading: the host sends them before it reads
  /// again, or they are copied.
  @inline(__always)
  public var hasBorrowers: Bool { !borrowers.isEmpty }

  /// Copies what was not sent before its memory is used for the next bytes.
  mutating func settleBorrowers() {
    for id in borrowers { sessions[id].output.settle(pool) }
    borrowers.removeAll(keepingCapacity: true)
  }

  /// Counts what was queued for a receiver, and has it sent.
  @inline(__always)
  mutating func queued(_ frameCount: Int, _ byteCount: Int, at receiver: SessionID) {
    sessions[receiver].counters.framesOut &+= UInt64(frameCount)
    sessions[receiver].counters.bytesOut &+= UInt64(byteCount)
    let waiting = sessions[receiver].output.count
    if waiting > sessions[receiver].counters.waitingBytesMark {
      sessions[receiver].counters.waitingBytesMark = waiting
    }
    markDirty(receiver)
  }

  /// Counts a run that was routed, keeps what is to be kept, and answers a request for which nobody listens.
  @inline(__always)
  private mutating func record(_ run: Run, _ word: RouteWord, _ route: RouteTable.Route, from id: SessionID) {
    sessions[id].counters.framesIn &+= UInt64(run.frameCount)
    sessions[id].counters.bytesIn &+= UInt64(run.byteCount)
    types.add(word.type, frames: run.frameCount, bytes: run.byteCount)
    if _slowPath(!word.flags.isDisjoint(with: .requestOrRetain)) { followMarks(run, word, route, from: id) }
  }

  private mutating func followMarks(_ run: Run, _ word: RouteWord, _ route: RouteTable.Route, from id: SessionID) {
    if word.flags.contains(.request) {
      if !hasListener(route, by: id) { run.forEachFrame { sendNoListener(FrameHeader(at: $0.baseAddress!), to: id) } }
      waitForOwnAnswers(id)
    } else if word.flags.contains(.retain) {
      keep(run, word, from: id)
    }
  }

  // MARK: Without room

  private mutating func emitWithoutRoom(
    _ route: RouteTable.Route, _ run: Run, _ word: RouteWord, from id: SessionID
  ) -> Int {
    let lane = word.lane
    if lane != .dataStream {
      // Those who are not waited for make room for the whole run, so that it still goes as one block to all.
      makeRoom(route, run.byteCount, lane, from: id)
      if hasRoom(route, run, lane, from: id) {
        deliver(route, run, lane, from: id)
        record(run, word, route, from: id)
        return run.byteCount
      }
    }
    var done = Run(bytes: run.bytes, word: word)
    while done.byteCount < run.byteCount {
      let frame = Run(frameAt: run.bytes + done.byteCount)
      if waitsForRoom(route, lane, frame.byteCount, from: id) { break }
      makeRoomForFrame(route, frame, lane, from: id)
      deliver(route, frame, lane, from: id)
      done.add(frame.byteCount)
    }
    if done.frameCount > 0 { record(done, word, route, from: id) }
    return done.byteCount
  }

  private mutating func makeRoomForFrame(_ route: RouteTable.Route, _ frame: Run, _ lane: Lane, from id: SessionID) {
    if lane == .dataStream { replaceOlder(route, frame.bytes, from: id) }
    makeRoom(route, frame.byteCount, lane, from: id)
  }

  /// Queues a frame that was gathered in blocks; false if the sender has to wait.
  mutating func routeLarge(_ frame: ByteQueue, _ word: RouteWord, from id: SessionID) -> Bool {
    let route = route(for: word.key)
    if waitsForRoom(route, word.lane, frame.count, from: id) { return false }
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: frame.count, alignment: 16)
    defer { bytes.deallocate() }
    frame.copy(to: bytes.baseAddress!, byteCount: frame.count)
    bytes.storeBytes(of: sessions[id].source.littleEndian, toByteOffset: FrameHeader.Offset.source, as: UInt32.self)
    let run = Run(frameAt: bytes.baseAddress!, isInScratch: false)
    makeRoomForFrame(route, run, word.lane, from: id)
    deliver(route, run, word.lane, from: id)
    record(run, word, route, from: id)
    return true
  }

  // MARK: Receivers

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
  private func hasListener(_ route: RouteTable.Route, by requester: SessionID) -> Bool {
    if route.listenerCount > 1 { return true }
    if route.listenerCount == 0 { return false }
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver != requester, !sessions[receiver].isObserver { return true }
    }
    return false
  }

  private mutating func sendNoListener(_ header: FrameHeader, to id: SessionID) {
    enqueue(NoListener(type: header.type, instance: header.instance, sequence: header.sequence), to: id)
  }
}
