import BusWire

extension Broker {
  /// A slow module recovers when nothing has been left waiting for it this long.
  static let recoveryNanoseconds: UInt64 = 1_000_000_000

  /// Looks after one live session: is it slow, does it read again, does it answer?
  mutating func attend(_ id: SessionID) {
    if let deadline = sessions[id].patience.deadline {
      if now >= deadline { becomeSlow(id) } else { earliestDeadline = min(earliestDeadline, deadline) }
    }
    if sessions[id].isSlow, !sessions[id].isBehind {
      let recovery = sessions[id].caughtUpAt + Self.recoveryNanoseconds
      if now >= recovery { recover(id) } else { earliestDeadline = min(earliestDeadline, recovery) }
    }
    if sessions[id].hasLosses, !sessions[id].isBehind { reportLosses(to: id) }
    if !sessions[id].isObserver, sessions[id].waitsFor == nil { checkLiveness(id) }
  }

  private mutating func becomeSlow(_ id: SessionID) {
    sessions[id].isSlow = true
    identity(of: id).map { events.append(.slow($0)) }
    announce(
      id, .slow,
      reason:
        "it held its senders back for \(Patience.nanosecondsMax / 1_000_000) ms; its full queues drop what is oldest")
    wakeSenders(waitingFor: id)
  }

  private mutating func recover(_ id: SessionID) {
    sessions[id].isSlow = false
    identity(of: id).map { events.append(.recovered($0, from: .slow)) }
    announce(id, state(of: id), reason: "it reads again; it has lost \(sessions[id].counters.lost) frames in all")
  }

  private mutating func checkLiveness(_ id: SessionID) {
    switch sessions[id].liveness.step(at: now) {
    case .nothing: return
    case .ask: enqueue(Ping(token: now), to: id)
    case .hang:
      identity(of: id).map { events.append(.hung($0)) }
      announce(id, .hung, reason: "no PONG for \(Liveness.answerNanoseconds / 1_000_000_000) s")
    }
  }

  /// Records a PONG.
  mutating func answered(_ id: SessionID) {
    guard sessions[id].liveness.answered(at: now) else { return }
    identity(of: id).map { events.append(.recovered($0, from: .hung)) }
    announce(id, state(of: id), reason: "it answers again")
  }

  /// What MODULE_STATUS and BUS_STATUS call the state of a module that is there.
  func state(of id: SessionID) -> ModuleState {
    if sessions[id].liveness.isHung { return .hung }
    return sessions[id].isSlow ? .slow : .joined
  }

  /// Announces the state of a module to those who listen for MODULE_STATUS.
  mutating func announce(_ id: SessionID, _ state: ModuleState, reason: String) {
    guard let status = status(of: id, state, reason: reason) else { return }
    let route = route(for: RouteKey(type: ModuleStatus.frameType.id, instance: 0, isRequest: false))
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver != id || state == .slow { notify(receiver, status) }
    }
  }

  /// Announces to a new listener every module that is connected already.
  mutating func introduceModules(to id: SessionID) {
    for other in sessions.ids where other != id {
      if let status = status(of: other, state(of: other), reason: "") { notify(id, status) }
    }
  }

  /// A receiver that lets a whole queue of the bus's own frames wait loses what comes then.
  private mutating func notify(_ receiver: SessionID, _ status: ModuleStatus) {
    if sessions[receiver].output.count(in: .bus) > limits.queueBytesMax {
      lose(FrameHeader(size: 0, type: ModuleStatus.frameType.id), .queueFull, at: receiver)
    } else {
      enqueue(status, to: receiver)
    }
  }

  private func status(of id: SessionID, _ state: ModuleState, reason: String) -> ModuleStatus? {
    modules[id].map {
      ModuleStatus(
        module: sessions[id].source, state: state, instance: $0.key.instance, observer: $0.isObserver, pid: $0.pid,
        name: $0.key.name, reason: reason)
    }
  }
}
