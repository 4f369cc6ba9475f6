import BusSystem

/// Moves the bytes of a session over its link, and does to the link what the session asks for.
struct SessionDriver {
  private let link: any Link
  private let addresses: [BusAddress]

  init(_ link: any Link, addresses: [BusAddress]) {
    self.link = link
    self.addresses = addresses
  }

  /// Time that only goes forward, in nanoseconds.
  var time: UInt64 { link.monotonicTime }
  /// `time`, a few milliseconds behind at most.
  var coarseTime: UInt64 { link.coarseTime }
  /// Nanoseconds since the Unix epoch.
  var wallTime: UInt64 { link.wallTime }
  var now: ClientSession.Moment { ClientSession.Moment(time: time, wallTime: wallTime) }
  func random(below bound: UInt64) -> UInt64 { link.random(below: bound) }

  /// Moves bytes both ways as far as possible without waiting, and makes an attempt to connect if it is due.
  func exchange(_ session: inout ClientSession) {
    if !session.isOpen { perform(session.begin(at: now), &session) }
    guard session.isOpen else { return }
    flush(&session)
    receiveAll(&session)
    perform(session.tend(at: now), &session)
    // Answers to the manager, such as PONG, are on their way at once.
    flush(&session)
  }

  /// Sends what waits, as far as the kernel takes it.
  func flush(_ session: inout ClientSession) {
    while session.isOpen, !session.isEverythingSent {
      switch link.send(session.unsentBytes) {
      case .bytes(let count): session.sent(count)
      case .wouldBlock: return
      // What the manager said before it closed can still be read, and says why.
      case .endOfStream: return sendingFailed("closed by the other end", &session)
      case .failed(let error): return sendingFailed(error.reason, &session)
      }
    }
  }

  /// Bytes that one exchange receives at most: of a flood that nobody listens for any more nothing stays in the inbox,
  /// and the caller wants to go on.
  private static let bytesMax = 4 << 20

  private func sendingFailed(_ reason: String, _ session: inout ClientSession) {
    if !receiveAll(&session, endingBecause: reason) { perform(session.broke(reason, at: now), &session) }
  }

  /// - Parameter reason: why the connection ends, if it is known already.
  /// - Returns: whether it has ended meanwhile.
  @discardableResult
  private func receiveAll(
    _ session: inout ClientSession, endingBecause reason: String = "closed by the other end"
  ) -> Bool {
    var bytesLeft = Self.bytesMax
    while session.isOpen, bytesLeft > 0, let room = session.room() {
      switch link.receive(into: room) {
      case .bytes(let count):
        bytesLeft -= count
        if perform(session.received(count, at: now), &session) { return true }
        if count < room.count { return false }
      case .wouldBlock: return false
      case .endOfStream: return perform(session.broke(reason, at: now), &session)
      case .failed(let error): return perform(session.broke(error.reason, at: now), &session)
      }
    }
    return false
  }

  /// Does what the session asks for.
  ///
  /// - Returns: whether that ended the connection.
  @discardableResult
  private func perform(_ first: ClientSession.Action, _ session: inout ClientSession) -> Bool {
    var action = first
    while case .open(let address) = action {
      link.close()
      do throws(SystemError) {
        try link.open(addresses[address])
        session.opened(at: now)
        action = .none
        flush(&session)
      } catch {
        action = session.broke(error.reason, at: now)
      }
    }
    if action == .close { link.close() }
    return first != .none
  }

  /// Waits until bytes come, one of the descriptors is ready, or the time is over.
  ///
  /// - Returns: the descriptors that are ready.
  func wait(forBytes: Bool, forRoom: Bool, others: [WakeInterest], until deadline: UInt64) -> [FileDescriptor] {
    link.wait(forBytes: forBytes, forRoom: forRoom, others: others, until: deadline)
  }

  /// Says that nothing more will be sent; what still comes can be received.
  func endSending() { link.endSending() }

  func close() { link.close() }
}
