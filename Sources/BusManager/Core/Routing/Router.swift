import BusWire

/// Who receives what: the listen sets of the modules, and what was worked out from them.
struct Router: ~Copyable {
  private struct Listener {
    var set = ListenSet()
    let isObserver: Bool

    func wants(_ key: RouteKey) -> Bool {
      if set.accepts(type: key.type, instance: key.instance, isRequest: key.isRequest) { return true }
      // An observer sees the requests of what it looks at, whatever its entries say.
      return isObserver && key.isRequest && set.names(type: key.type, instance: key.instance)
    }
  }

  /// By slot.
  private var listeners: [Listener?] = []
  private var index = RouteIndex()
  private var routes = RouteTable()
  /// Memory that all listen sets take.
  private(set) var byteCount = 0
  /// How many modules were looked at to work routes out, in all.
  private(set) var lookCount = 0

  init() {}

  mutating func join(_ id: SessionID, isObserver: Bool) {
    while listeners.count <= Int(id.slot) { listeners.append(nil) }
    listeners[Int(id.slot)] = Listener(isObserver: isObserver)
  }

  mutating func leave(_ id: SessionID) {
    guard Int(id.slot) < listeners.count, let listener = listeners[Int(id.slot)] else { return }
    index.replace(listener.set, by: ListenSet(), of: id)
    byteCount -= listener.set.byteCount
    listeners[Int(id.slot)] = nil
  }

  /// Sets what a module listens for.
  ///
  /// - Returns: what it listened for before; nil if that was the same.
  mutating func listen(_ set: ListenSet, by id: SessionID) -> ListenSet? {
    guard let before = listeners[Int(id.slot)]?.set, before != set else { return nil }
    listeners[Int(id.slot)]?.set = set
    byteCount += set.byteCount - before.byteCount
    index.replace(before, by: set, of: id)
    return before
  }

  // MARK: Routes

  /// The receivers of a kind of frame, its sender included.
  @inline(__always)
  mutating func route(for key: RouteKey) -> RouteTable.Route {
    routes.find(key, version: index.version(of: key.type)) ?? resolve(key)
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

  /// Asks those who listen for the type, or for every type; each once, in the order of their slots.
  private mutating func resolve(_ key: RouteKey) -> RouteTable.Route {
    routes.makeRoom()
    var route = RouteTable.Route(start: routes.receiverCount, count: 0, listenerCount: 0)
    let some = index.listeners(of: key.type)
    let all = key.type < FrameType.firstBusID ? index.listenersOfAll : []
    var (next, nextOfAll) = (0, 0)
    while next < some.count || nextOfAll < all.count {
      let slot = min(next < some.count ? some[next] : .max, nextOfAll < all.count ? all[nextOfAll] : .max)
      if next < some.count, some[next] == slot { next += 1 }
      if nextOfAll < all.count, all[nextOfAll] == slot { nextOfAll += 1 }
      lookCount += 1
      guard let listener = listeners[Int(slot)], listener.wants(key) else { continue }
      routes.addReceiver(SessionID(slot: slot))
      route.count += 1
      if !listener.isObserver { route.listenerCount += 1 }
    }
    routes.insert(key, version: index.version(of: key.type), route)
    return route
  }
}
