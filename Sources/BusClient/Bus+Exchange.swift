import BusWire
import ProgramKit

extension Bus {
  /// Moves bytes both ways as far as possible without waiting, and makes an attempt to connect if it is due.
  func exchange() {
    switch state {
    case .stopped: return
    case .disconnected(let retryAt):
      guard link.monotonicTime >= retryAt else { return }
      openConnection()
    case .greeting, .connected: break
    }
    flushNow()
    sendUnsentHistory()
    receiveAll()
    // Answers to the manager, such as PONG, are on their way at once.
    flushNow()
    logLosses()
    tendJobs()
    if case .greeting(let deadline, _) = state, link.monotonicTime >= deadline {
      connectionBroke("it does not answer HELLO; is it a Framebus manager?")
    }
  }

  /// Waits once: until bytes come, a descriptor given to `wake(on:)` is ready, or the time is over.
  func waitOnce(until deadline: UInt64) {
    guard state != .stopped else { return }
    flushNow()
    var deadline = deadline
    if case .disconnected(let retryAt) = state { deadline = min(deadline, retryAt) }
    if case .greeting(let limit, _) = state { deadline = min(deadline, limit) }
    if isConnected, let time = openJobs.nextRepeat { deadline = min(deadline, time) }
    let pauseEnd = wakeInterests.isEmpty ? nil : wakeAllowance.pauseEnd(now: link.monotonicTime)
    let ready = link.wait(
      forBytes: inbox.room() != nil, forRoom: !outbox.isEmpty, others: pauseEnd == nil ? wakeInterests : [],
      until: min(deadline, pauseEnd ?? deadline))
    if !ready.isEmpty { wakeAllowance.use(now: link.monotonicTime) }
    for descriptor in ready where !readyDescriptors.contains(descriptor) { readyDescriptors.append(descriptor) }
    exchange()
  }

  /// Waits until a frame is there, or a descriptor given to `wake(on:)` is ready.
  ///
  /// - Parameter timeout: how long at most; nil for ever.
  /// - Returns: whether a frame is there.
  public func waitForData(timeout: Duration?) -> Bool {
    if hasData { return true }
    let deadline = deadline(after: timeout)
    readyDescriptors.removeAll(keepingCapacity: true)
    while inbox.count == 0, readyDescriptors.isEmpty, state != .stopped, link.monotonicTime < deadline {
      waitOnce(until: deadline)
    }
    return inbox.count > 0
  }

  /// - Parameter reason: why the connection ends, if it is known already.
  private func receiveAll(endingBecause reason: String = "closed by the other end") {
    while isOpen, let room = inbox.room() {
      switch link.receive(into: room) {
      case .bytes(let count):
        inbox.filled(count)
        while let header = inbox.sortNext() {
          if !sort(header) { inbox.withdrawLastSorted() }
        }
        if inbox.isBroken {
          return connectionBroke("it does not speak the protocol of Framebus")
        }
        if count < room.count { return }
      case .wouldBlock: return
      case .endOfStream: return connectionBroke(reason)
      case .failed(let error): return connectionBroke(error.reason)
      }
    }
  }

  var isOpen: Bool {
    switch state {
    case .greeting, .connected: true
    case .disconnected, .stopped: false
    }
  }

  /// Looks at a frame as it arrives: handles the bus's own and decides whether the module gets it.
  private func sort(_ header: FrameHeader) -> Bool {
    if let question, question.isAnswer(header) { answer(question, with: inbox.lastSortedFrame) }
    if openJobs.concerns(header) { updateJobs(inbox.lastSortedFrame) }
    switch header.type {
    case ..<FrameType.firstBusID: return accepts(header)
    case Schema.frameType.id: return true
    default:
      do throws(BusError) {
        try handle(inbox.lastSortedFrame)
      } catch {
        log(.warning, "bad_bus_frame", ["module": configuration.name, "error": error.message])
      }
      return accepts(header)
    }
  }

  private func handle(_ frame: Frame) throws(BusError) {
    if let welcome = try frame.decode(Welcome.self) {
      welcomed(welcome)
    } else if let ping = try frame.decode(Ping.self) {
      append(Pong(token: ping.token))
    } else if let pong = try frame.decode(Pong.self) {
      pongsSeen = max(pongsSeen, pong.token)
    } else if let noListener = try frame.decode(NoListener.self) {
      recordUnheard(noListener)
    } else if let lost = try frame.decode(Lost.self) {
      recordLoss(lost)
    } else if let mismatch = try frame.decode(Mismatch.self) {
      recordMismatch(mismatch)
    } else if let goodbye = try frame.decode(Goodbye.self) {
      connectionEnded(BusError(.refused(goodbye.code), "\(goodbye.text)"))
    }
  }

  private func accepts(_ header: FrameHeader) -> Bool {
    subscriptions.contains { $0.accepts(header) }
  }

  /// Sends what waits, as far as the kernel takes it.
  func flushNow() {
    while isOpen, !outbox.isEmpty {
      switch link.send(outbox.bytes) {
      case .bytes(let count): outbox.sent(count)
      case .wouldBlock: return
      // What the manager said before it closed can still be read, and says why.
      case .endOfStream: return outboxFailed("closed by the other end")
      case .failed(let error): return outboxFailed(error.reason)
      }
    }
    if outbox.isEmpty { unsentFrames = 0 }
  }

  private func outboxFailed(_ reason: String) {
    let before = state
    receiveAll(endingBecause: reason)
    if isOpen, state == before { connectionBroke(reason) }
  }

  /// Moves bytes until `isWaiting` is false or the time is over.
  func flush(until deadline: UInt64, while isWaiting: () -> Bool) {
    while isOpen, isWaiting() {
      flushNow()
      guard isWaiting(), link.monotonicTime < deadline else { return }
      waitOnce(until: deadline)
    }
  }

  /// Waits until the manager has handled everything that was sent before.
  ///
  /// - Parameters:
  ///   - timeout: how long at most.
  ///   - takeFrames: called while it waits. The answer comes behind frames that are on their way already; with more of
  ///     them than the inbox holds it comes only if some are taken out here.
  /// - Throws: `BusError` if there is no connection or no answer in time.
  public func barrier(timeout: Duration = .seconds(1), takeFrames: () -> Void = {}) throws(BusError) {
    guard isConnected else { throw notConnected }
    pongsWanted += 1
    let token = pongsWanted
    append(Ping(token: token))
    flush(until: deadline(after: timeout)) {
      takeFrames()
      return self.pongsSeen < token
    }
    guard isConnected else { throw lastFailure ?? notConnected }
    guard pongsSeen >= token else { throw BusError(.timeout, "the manager did not answer PING in time") }
  }
}
