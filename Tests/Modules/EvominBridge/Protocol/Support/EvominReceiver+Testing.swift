import EvominBridgeProtocol

extension EvominReceiver {
  mutating func takeReceived() -> [EvominReceived] {
    var received = [EvominReceived]()
    while let next = next() { received.append(next) }
    return received
  }

  /// What is found in bytes that come at one time.
  mutating func found(in bytes: some Sequence<UInt8>, at now: UInt64 = 0) -> [EvominReceived] {
    var received = [EvominReceived]()
    for byte in bytes {
      receive(byte, at: now)
      received += takeReceived()
    }
    return received
  }

  /// What is found when nothing more comes.
  mutating func foundAtEnd() -> [EvominReceived] {
    var received = [EvominReceived]()
    while let deadline, expire(at: deadline) { received += takeReceived() }
    return received
  }
}

extension [EvominReceived] {
  var frames: [EvominFrame] {
    compactMap { received in
      guard case .frame(let frame) = received else { return nil }
      return frame
    }
  }
}
