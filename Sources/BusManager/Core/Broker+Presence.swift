import BusWire

extension Broker {
  /// Tells those who listen for MODULE_STATUS about a module.
  mutating func announce(_ id: SessionID, _ state: ModuleState, reason: String) {
    guard let status = status(of: id, state, reason: reason) else { return }
    let route = route(for: RouteKey(type: ModuleStatus.frameType.id, instance: 0, isRequest: false))
    for index in 0..<route.count {
      let receiver = routes.receiver(index, of: route)
      if receiver != id { notify(receiver, status) }
    }
  }

  /// Tells a new listener about every module that is connected already.
  mutating func introduceModules(to id: SessionID) {
    for other in sessions.ids where other != id {
      if let status = status(of: other, .joined, reason: "") { notify(id, status) }
    }
  }

  private mutating func notify(_ receiver: SessionID, _ status: ModuleStatus) {
    if sessions[receiver].output.count(in: .bus) > limits.queueBytesMax {
      miss(receiver)
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
