import EvominBridgeProtocol

extension EvominSimulator {
  /// The C library's time to the repetition of an acknowledged frame.
  private static let repetitionNanoseconds: UInt64 = 3_000_000_000
  private static let repetitionsMax = 16
  private static let unseenFramesMax = 256

  /// Takes bytes from the other end.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    for byte in bytes where !faults.isSilent(at: now) {
      let arrived = faults.carry(byte)
      if let stray = arrived.stray { take(stray, at: now) }
      if let byte = arrived.byte { take(byte, at: now) }
    }
    poll(at: now)
  }

  /// Looks at the time.
  public mutating func tick(at now: UInt64) {
    while let index = repetitions.firstIndex(where: { $0.due <= now }) {
      let frame = repetitions.remove(at: index).frame
      if send(frame, at: now) { repeated.append(frame) }
    }
    poll(at: now)
  }

  private mutating func take(_ byte: UInt8, at now: UInt64) {
    library.receive(byte, at: now)
    takeEvents(at: now)
  }

  @discardableResult
  mutating func send(_ frame: EvominFrame, at now: UInt64) -> Bool {
    let isTaken = library.send(frame, at: now)
    if isTaken { counters.queued += 1 } else { counters.notQueued += 1 }
    takeEvents(at: now)
    return isTaken
  }

  mutating func poll(at now: UInt64) {
    library.poll(at: now)
    takeEvents(at: now)
    while countLeft > 0, library.send(Device.countFrame(nextNumber), at: now) {
      counters.queued += 1
      countLeft -= 1
      nextNumber += 1
      takeEvents(at: now)
    }
  }

  mutating func takeEvents(at now: UInt64) {
    while let event = library.nextEvent() {
      switch event {
      case .write(let wire): write(wire, at: now)
      case .received(let frame):
        counters.received += 1
        if unseen.count == Self.unseenFramesMax { unseen.removeFirst() }
        unseen.append(frame)
        if let answer = device.answer(to: frame) { send(answer, at: now) }
      case .acknowledged(let frame):
        counters.acknowledged += 1
        scheduleRepetition(of: frame, at: now)
      case .gaveUp(let frame):
        counters.givenUp += 1
        if let index = repeated.firstIndex(of: frame) { repeated.remove(at: index) }
      }
    }
  }

  private mutating func write(_ wire: EvominWire, at now: UInt64) {
    guard !faults.isSilent(at: now) else { return }
    if wire == .acknowledgement && faults.losesAcknowledgement() { return }
    for byte in wire {
      let sent = faults.carry(byte)
      if let stray = sent.stray { output.append(stray) }
      if let byte = sent.byte { output.append(byte) }
    }
  }

  private mutating func scheduleRepetition(of frame: EvominFrame, at now: UInt64) {
    if let index = repeated.firstIndex(of: frame) {
      repeated.remove(at: index)
    } else if faults.repeatsAcknowledged, firmware != .c, repetitions.count < Self.repetitionsMax {
      repetitions.append((frame, now &+ Self.repetitionNanoseconds))
    }
  }
}
