import BusWire

extension Broker {
  /// Handles the first frame of a connection, which must be HELLO.
  ///
  /// - Returns: the bytes that are done with.
  mutating func greet(_ id: SessionID, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
    guard bytes.count >= FrameHeader.byteCount, let base = bytes.baseAddress else { return 0 }
    let header = FrameHeader(at: base)
    guard header.type == Hello.frameType.id, header.size <= Self.helloBytesMax else {
      refuse(id, .malformed, "the first message must be HELLO; this is the port of a Framebus manager")
      return bytes.count
    }
    guard bytes.count >= header.frameByteCount else { return 0 }
    admit(
      id, RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.byteCount..<header.frameByteCount])))
    return header.frameByteCount
  }

  /// Names and versions have bounds; more than this is no HELLO of any version.
  private static let helloBytesMax = 4096

  private mutating func admit(_ id: SessionID, _ payload: RawSpan) {
    guard payload.byteCount >= 2 else { return refuse(id, .malformed, "HELLO has no protocol version") }
    let version = payload.unsafeLoadUnaligned(as: UInt16.self)
    guard version == WireProtocol.version else {
      return refuse(
        id, .version,
        "this manager speaks version \(WireProtocol.version) of the wire protocol, the client version \(version); update the older of the two"
      )
    }
    do throws(CodecError) {
      try join(id, Hello(payload: payload))
    } catch {
      refuse(id, .malformed, "HELLO: \(error)")
    }
  }

  private mutating func join(_ id: SessionID, _ hello: Hello) {
    guard WireProtocol.isValidName(hello.name) else {
      return refuse(id, .malformed, "'\(hello.name)' is no module name; use 1 to 64 letters, digits and ._-")
    }
    let record = ModuleRecord(hello)
    if let holder = slotsByKey[record.key], sessions[holder].liveness.isHung {
      refuse(holder, .nameTaken, "it did not answer, and process \(hello.pid) has taken its name")
    } else if let holder = slotsByKey[record.key], let identity = identity(of: holder) {
      return refuse(
        id, .nameTaken,
        "the name \(identity) is taken by process \(identity.pid); end that one or give this one another --name or --instance"
      )
    }
    sessions[id].state = .live
    sessions[id].isObserver = hello.observer
    sessions[id].source = nextSource
    sessions[id].liveness.heard(at: now)
    earliestDeadline = min(earliestDeadline, now + Self.attentionNanoseconds)
    nextSource = nextSource == .max ? 1 : nextSource + 1
    modules[id] = record
    slotsByKey[record.key] = id
    enqueue(
      Welcome(
        version: WireProtocol.version, module: sessions[id].source, bus: busName, managerVersion: version,
        payloadBytesMax: UInt32(clamping: limits.payloadBytesMax), queueBytesMax: UInt32(clamping: limits.queueBytesMax)
      ),
      to: id)
    announce(id, .joined, reason: "")
    identity(of: id).map { events.append(.joined($0)) }
  }

  /// Takes a module out of the bus; its connection may live on until its GOODBYE is read.
  mutating func depart(_ id: SessionID, state: ModuleState, reason: String) {
    guard let record = modules[id], let identity = identity(of: id) else { return }
    announce(id, state, reason: reason)
    events.append(state == .left ? .left(identity, reason: reason) : .lost(identity, reason: reason))
    if record.losses.lostCount > 0 {
      events.append(.lostFrames(identity, count: record.losses.lostCount, total: sessions[id].counters.lost))
    }
    for use in record.declarations.values { registry.release(use.declaration) }
    retained.removeAll(of: id)
    pool.reserve(retained.byteCount)
    if !record.listens.isEmpty { routes.invalidate() }
    slotsByKey[record.key] = nil
    modules[id] = nil
  }

  /// Sends a connection the reason why it is cut, and cuts it once it has read that.
  mutating func refuse(_ id: SessionID, _ code: GoodbyeCode, _ text: String) {
    events.append(.refused(identity(of: id), code: code, text: text))
    if sessions[id].state == .live { depart(id, state: .lost, reason: text) }
    forgetOutput(of: id)
    leave(id, code, text, within: limits.farewellNanoseconds)
  }

  func sizeText(_ size: Int, _ word: RouteWord) -> String {
    "a frame of type \(word.type) announces \(size) bytes of payload, the limit is \(limits.payloadBytesMax)"
  }

  mutating func refuseSize(_ size: Int, _ word: RouteWord, of id: SessionID) {
    refuse(id, .tooLarge, sizeText(size, word))
  }

  /// Queues a GOODBYE behind all that waits and starts the clock for it.
  private mutating func leave(_ id: SessionID, _ code: GoodbyeCode, _ text: String, within nanoseconds: UInt64) {
    sessions[id].pending.removeAll(pool)
    sessions[id].largeFrameBytes = 0
    endReplay(to: id)
    enqueue(Goodbye(code: code, text: text), to: id, lane: .farewell)
    sessions[id].state = .leaving
    setDeadline(of: id, after: nanoseconds)
  }

  /// Answers a client's own GOODBYE: what waits for it is of no use any more.
  mutating func goodbye(_ goodbye: Goodbye, from id: SessionID) {
    depart(id, state: .left, reason: goodbye.text)
    forgetOutput(of: id)
    leave(id, .leaving, "goodbye", within: limits.farewellNanoseconds)
  }

  /// Says GOODBYE to everyone; the host goes on until `sessionCount` is 0 or its patience ends.
  public mutating func shutDown() {
    isShuttingDown = true
    for id in sessions.ids where sessions[id].state == .live || sessions[id].state == .greeting {
      reportLossesNow(to: id)
      leave(id, .shutdown, "the manager is shutting down", within: limits.shutdownNanoseconds)
    }
  }
}
