import BusWire

/// Who receives what: the listen sets of the modules, and what was worked out from them.
struct Router: ~Copyable {
  private struct Listener {
    var set = ListenSet()
    let isObserver: Bool

    func wants(_ key: RouteKey) -> Bool {
      if set.accepts(type: key.type, instance: key.instance, isRequest: key.isRequest) { return true }
      // An observer sees the requests of what it looks at too.
      return isObserver && key.isRequest && set.accepts(type: key.type, instance: key.instance, isRequest: false)
    }
  }

  /// By slot.
  private var listeners: [Listener?] = []
  private var routes = RouteTable()

  init() {}

  mutating func join(_ id: SessionID, isObserver: Bool) {
    while listeners.count <= Int(id.slot) { listeners.append(nil) }
    listeners[Int(id.slot)] = Listener(isObserver: isObserver)
  }

  mutating func leave(_ id: SessionID) {
    guard Int(id.slot) < listeners.count, let listener = listeners[Int(id.slot)] else { return }
    if !listener.set.isEmpty { routes.invalidate() }
    listeners[Int(id.slot)] = nil
  }

  /// Sets what a module listens for.
  ///
  /// - Returns: what it listened for before; nil if that was the same.
  mutating func listen(_ set: ListenSet, by id: SessionID) -> ListenSet? {
    guard let before = listeners[Int(id.slot)]?.set, before != set else { return nil }
    listeners[Int(id.slot)]?.set = set
    routes.invalidate()
    return before
  }

  // MARK: Routes

  /// The receivers of a kind of frame, its sender included.
  @inline(__always)
  mutating func route(for key: RouteKey) -> RouteTable.Route {
    routes.find(key) ?? resolve(key)
  }

  /// One of the receivers of a route, which holds until a listen set changes.
  @inline(__always)
  func receiver(_ index: Int, of route: RouteTable.Route) -> SessionID { routes.receiver(index, of: route) }

  /// Whether somebody other than the requester and observers listens.
  func hasListener(_ route: RouteTable.Route, by requester: SessionID) -> Bool {
    if route.listenerCount > 1 { return true }
    if route.listenerCount == 0 { return false }
    return (0..<route.count).contains { index in
      let receiver = receiver(index, of: route)
      return receiver != requester && listeners[Int(receiver.slot)]?.isObserver == false
    }
  }

  private mutating func resolve(_ key: RouteKey) -> RouteTable.Route {
    routes.makeRoom()
    var route = RouteTable.Route(start: routes.receiverCount, count: 0, listenerCount: 0)
    for (slot, listener) in listeners.enumerated() {
      guard let listener, listener.wants(key) else { continue }
      routes.addReceiver(SessionID(slot: UInt32(slot)))
      route.count += 1
      if !listener.isObserver { route.listenerCount += 1 }
    }
    routes.insert(key, route)
    return route
  }
}
