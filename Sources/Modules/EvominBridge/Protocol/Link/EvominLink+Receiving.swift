extension EvominLink {
  /// Handles bytes that came from the line.
  ///
  /// - Parameters:
  ///   - bytes: in the order in which they came.
  ///   - now: monotonic nanoseconds.
  @inlinable
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    guard isOpen else { return }
    expire(at: now)
    for byte in bytes { take(byte, at: now) }
    // Only now: bytes that came together with an acknowledgement cannot answer what has not been sent yet.
    sendWhatIsDue(at: now)
  }

  /// Does what is due.
  ///
  /// - Parameter now: monotonic nanoseconds.
  public mutating func tick(at now: UInt64) {
    guard isOpen else { return }
    expire(at: now)
    sendWhatIsDue(at: now)
  }

  @usableFromInline
  mutating func expire(at now: UInt64) {
    while receiver.expire(at: now) { takeReceived(at: now) }
  }

  @usableFromInline
  mutating func take(_ byte: UInt8, at now: UInt64) {
    receiver.receive(byte, at: now)
    takeReceived(at: now)
  }

  private mutating func takeReceived(at now: UInt64) {
    while let received = receiver.next() {
      switch received {
      case .frame(let frame): take(frame, at: now)
      case .acknowledgement: acknowledge(at: now)
      case .refusal: refuse()
      }
    }
  }

  /// The acknowledgement goes before anything else, and exactly one for each frame that came.
  private mutating func take(_ frame: EvominFrame, at now: UInt64) {
    var answer = EvominWire()
    answer.append(EvominByte.acknowledge)
    actions.append(.write(answer))
    let isDuplicate = recent.record(frame, at: now)
    if isDuplicate { ownCounters.duplicates += 1 }
    if isDuplicate && settings.dropsDuplicates { return }
    actions.append(.received(frame, isDuplicate: isDuplicate))
  }

  private mutating func acknowledge(at now: UInt64) {
    guard let frame = queue.outstanding else {
      ownCounters.strayAnswers += 1
      if let due = answers.recordLate(at: now, due: queue.due) { queue.postpone(until: due) }
      return
    }
    ownCounters.acknowledged += 1
    actions.append(.acknowledged(frame.id))
    queue.removeFirst(nextDue: answers.recordAcknowledged(attempts: queue.attempts, at: now))
  }

  /// A refusal does not speed up the next attempt: it may be noise, and an acknowledgement may follow.
  private mutating func refuse() {
    guard queue.outstanding != nil else {
      ownCounters.strayAnswers += 1
      return
    }
    ownCounters.refusals += 1
    queue.refuse()
  }
}
