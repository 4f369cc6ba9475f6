extension EvominLink {
  /// Takes a frame to send, behind those that wait.
  ///
  /// - Throws: `EvominError.tooLong` for a payload that the other end cannot receive, `.queueFull`, `.closed`.
  public mutating func send(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID {
    guard isOpen else { throw .closed }
    guard frame.payload.count <= settings.payloadBytesMax else {
      throw .tooLong(bytes: frame.payload.count, bytesMax: settings.payloadBytesMax)
    }
    let id = try queue.append(frame, at: now)
    sendWhatIsDue(at: now)
    return id
  }

  /// Sends, repeats or gives up the first frame, if it is time and nothing is arriving.
  @usableFromInline
  mutating func sendWhatIsDue(at now: UInt64) {
    while let first = queue.first, now >= queue.due {
      if receiver.isReceiving {
        // Neither library receives while it sends; and an acknowledgement may come right behind what is arriving.
        guard now >= queue.due &+ settings.busyNanosecondsMax else { return }
        giveUp(first.id, failure, at: now)
      } else if queue.attempts == settings.attemptsMax {
        giveUp(first.id, failure, at: now)
      } else {
        transmit(first, at: now)
        return
      }
    }
  }

  mutating func giveUp(_ id: EvominSendID, _ failure: EvominFailure, at now: UInt64) {
    ownCounters.givenUp += 1
    actions.append(.gaveUp(id, failure))
    queue.removeFirst(nextDue: answers.recordGivenUp(attempts: queue.attempts, at: now))
  }

  private mutating func transmit(_ entry: EvominSendQueue.Entry, at now: UInt64) {
    var wire = EvominWire()
    preamble?.append(to: &wire)
    wire.append(contentsOf: entry.frame.encoded)
    let patience = settings.retryNanoseconds + UInt64.random(in: 0...settings.retryNanoseconds / 2, using: &random)
    let sent = now &+ UInt64(wire.count) * settings.byteNanoseconds
    queue.attempt(answerDue: sent &+ patience)
    answers.recordAttempt(queue.attempts, at: sent)
    mustResynchronize = settings.peer.losesByteAfterPair && entry.frame.endsInPair
    ownCounters.transmissions += 1
    if queue.attempts > 1 { ownCounters.retries += 1 }
    actions.append(.write(wire))
    actions.append(.sent(entry.id, attempt: queue.attempts))
  }

  /// Why the first frame is given up.
  private var failure: EvominFailure {
    if queue.attempts == 0 { return .lineBusy }
    return queue.isRefused ? .refused : .noAnswer
  }

  /// What goes before the next attempt: the last one does not rely on the other end being between two frames.
  private var preamble: EvominPreamble? {
    if queue.attempts == 0 { return mustResynchronize ? .short : nil }
    return queue.attempts + 1 == settings.attemptsMax ? .long : .short
  }
}
