import BusWire

extension Broker {
  /// What the host has to do after it handed over what it read.
  public enum InputState: Equatable, Sendable {
    /// Go on reading.
    case open
    /// Do not read until `nextResumable()` names this session: a receiver of its frames is full.
    case waiting
  }

  /// The room for the next bytes of a session. It is valid until the next call of the broker.
  @inline(__always)
  public mutating func inputBuffer(for id: SessionID) -> UnsafeMutableRawBufferPointer {
    if !borrowers.isEmpty { settleBorrowers() }
    let session = sessions[id]
    if session.largeFrameBytes > 0 {
      let missing = session.largeFrameBytes - session.pending.count
      return UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(missing, scratch.count)])
    }
    return UnsafeMutableRawBufferPointer(rebasing: scratch[session.pending.count...])
  }

  /// Routes bytes that were read into `inputBuffer(for:)`.
  public mutating func read(_ byteCount: Int, from id: SessionID) -> InputState {
    if sessions[id].state == .leaving || sessions[id].state == .lingering { return .open }
    sessions[id].liveness.heard(at: now)
    if sessions[id].largeFrameBytes > 0 {
      sessions[id].pending.append(scratch.baseAddress!, byteCount, pool)
      // Others may have begun large frames, too, since this one fitted.
      if sessions[id].pending.count < sessions[id].largeFrameBytes {
        _ = hasMemory(1, for: id, toHold: "a frame of \(sessions[id].largeFrameBytes) bytes")
        return inputState(of: id)
      }
      return deliverLargeFrame(of: id)
    }
    return process(id, takePending(of: id) + byteCount)
  }

  /// Goes on with what a session had sent before it had to wait.
  public mutating func resume(_ id: SessionID) -> InputState {
    guard sessions[id].state == .live, sessions[id].waitsFor == nil else { return inputState(of: id) }
    settleBorrowers()
    if sessions[id].output.isReplaying {
      continueReplay(to: id)
      guard sessions[id].state == .live, sessions[id].waitsFor == nil else { return inputState(of: id) }
    }
    let before = sessions[id].pending.count
    let isLarge = sessions[id].largeFrameBytes > 0
    let state = isLarge ? deliverLargeFrame(of: id) : process(id, takePending(of: id))
    // Who got something through starts at the end of the line again.
    if sessions[id].pending.count < before { sessions[id].ticket = sessions[id].waitsFor == nil ? 0 : nextTicket() }
    return state
  }

  /// Moves what was left over to the start of the scratch buffer; the bytes read now lie behind it already.
  private mutating func takePending(of id: SessionID) -> Int {
    let count = sessions[id].pending.count
    if count > 0 {
      sessions[id].pending.copy(to: scratch.baseAddress!, byteCount: count)
      sessions[id].pending.removeAll(pool)
    }
    return count
  }

  private mutating func process(_ id: SessionID, _ byteCount: Int) -> InputState {
    let bytes = UnsafeMutableRawBufferPointer(rebasing: scratch[..<byteCount])
    var used = 0
    if sessions[id].state == .greeting { used = greet(id, bytes) }
    if sessions[id].state == .live {
      used += route(UnsafeMutableRawBufferPointer(rebasing: bytes[used...]), from: id)
    }
    keepRest(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[used...]), of: id)
    return inputState(of: id)
  }

  private func inputState(of id: SessionID) -> InputState {
    sessions[id].waitsFor == nil ? .open : .waiting
  }

  private mutating func keepRest(_ rest: UnsafeRawBufferPointer, of id: SessionID) {
    guard rest.count > 0, sessions[id].state == .greeting || sessions[id].state == .live else { return }
    sessions[id].pending.append(rest.baseAddress!, rest.count, pool)
    guard sessions[id].waitsFor == nil, rest.count >= FrameHeader.byteCount else { return }
    let frame = FrameHeader(at: rest.baseAddress!).frameByteCount
    guard frame > Self.largeFrameBytes else { return }
    if hasMemory(frame, for: id, toHold: "a frame of \(frame) bytes") { sessions[id].largeFrameBytes = frame }
  }

  private mutating func deliverLargeFrame(of id: SessionID) -> InputState {
    let frame = sessions[id].pending
    guard frame.count == sessions[id].largeFrameBytes else { return .open }
    let word = RouteWord(frame.frontHeader())
    if word.isForModules {
      guard routeLarge(frame, word, from: id) else { return .waiting }
    } else {
      withUnsafeTemporaryAllocation(byteCount: frame.count, alignment: 8) { buffer in
        frame.copy(to: buffer.baseAddress!, byteCount: frame.count)
        control(UnsafeRawBufferPointer(buffer), from: id)
      }
    }
    sessions[id].pending.removeAll(pool)
    sessions[id].largeFrameBytes = 0
    return inputState(of: id)
  }

  /// Ends a session whose connection is closed or broken.
  ///
  /// - Parameter reason: why, for those who listen for MODULE_STATUS.
  public mutating func close(_ id: SessionID, reason: String = "the connection ended without a GOODBYE") {
    if sessions[id].state == .live { depart(id, state: .lost, reason: reason) }
    sessions[id].pending.removeAll(pool)
    outputFailed(id)
    if let receiver = sessions[id].waitsFor { stopWaiting(id, for: receiver) }
    sessions.remove(id)
  }

  private mutating func stopWaiting(_ id: SessionID, for receiver: SessionID) {
    sessions[id].waitsFor = nil
    guard receiver != id else { return }
    sessions[receiver].waitingCount -= 1
    if sessions[receiver].waitingCount == 0 { sessions[receiver].patience.end(at: now) }
  }
}
