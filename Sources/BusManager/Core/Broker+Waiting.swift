import BusWire

extension Broker {
  /// Stops reading a session until a receiver has room again.
  mutating func wait(_ id: SessionID, for receiver: SessionID) {
    sessions[id].waitsFor = receiver
    if sessions[id].ticket == 0 { sessions[id].ticket = nextTicket() }
    if receiver != id { sessions[receiver].waitingCount += 1 }
  }

  mutating func nextTicket() -> UInt64 {
    lastTicket += 1
    return lastTicket
  }

  /// Whether somebody waits longer for this receiver. Otherwise small frames would never let a large one in.
  func isBehindOthers(_ id: SessionID, _ receiver: SessionID) -> Bool {
    guard sessions[receiver].waitingCount > 0 else { return false }
    let ticket = sessions[id].ticket == 0 ? .max : sessions[id].ticket
    return sessions.ids.contains {
      $0 != receiver && sessions[$0].waitsFor == receiver && sessions[$0].ticket < ticket
    }
  }

  /// Who must give memory back before a frame goes out when all of it is in use; nil if the frame goes out anyway.
  ///
  /// A small frame for receivers that hold next to nothing does, so those who do not read stop only their own senders.
  func memoryHolder(_ route: RouteTable.Route, _ frameBytes: Int, from id: SessionID) -> SessionID? {
    if frameBytes > BlockPool.capacity { return fullestReceiver() }
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver == id || sessions[receiver].isObserver { continue }
      if sessions[receiver].output.count >= BlockPool.capacity { return receiver }
    }
    return nil
  }

  /// The receiver that holds most of the memory and can be waited for; nil if there is none.
  func fullestReceiver() -> SessionID? {
    let receivers = sessions.ids.filter { !self.sessions[$0].isObserver }
    let fullest = receivers.max { sessions[$0].output.count < sessions[$1].output.count }
    return fullest.flatMap { sessions[$0].output.count > 0 ? $0 : nil }
  }

  /// Stops reading a session that asks faster than it reads the answers.
  mutating func waitForOwnAnswers(_ id: SessionID) {
    let waiting = sessions[id].output.count(in: .bus)
    let isFull = waiting > limits.queueBytesMax || (waiting > 0 && pool.bytesLeft <= 0)
    if isFull, sessions[id].waitsFor == nil { wait(id, for: id) }
  }
}
