import BusManagerCore
import BusSystem
import BusWire
import ProgramKit

/// Joins a broker to its sockets: one thread, one epoll, one write per receiver and turn.
package struct ManagerLoop: ~Copyable {
  private var broker: Broker
  private var connections: ConnectionTable
  private var listeners: OwnedArray<Listener>
  private let signals: SignalReader?
  private let stop: FileDescriptor?
  private var log: Log
  private var spare: OwnedDescriptor?
  private var watchdog: Watchdog?
  private var isStopping = false
  private var isReloadAsked = false
  /// Nothing is accepted until then.
  private var acceptsAgain: UInt64?

  private enum Token {
    static let listeners: UInt64 = 1 << 32
    static let signals: UInt64 = 2 << 32
    static let stop: UInt64 = 3 << 32
    static let timer: UInt64 = 4 << 32
  }

  /// - Parameters:
  ///   - listeners: sockets that listen already; the loop closes them when it stops.
  ///   - signals: ends the loop at SIGTERM, SIGINT and SIGQUIT, and at SIGHUP if it comes from a terminal that goes; else
  ///     that has `run` return for a reload.
  ///   - stop: ends the loop when it becomes readable, such as that of a `Wakeup` of another thread.
  /// - Throws: `SystemError` if the system has no descriptors left.
  package init(
    _ settings: ManagerSettings, listeners: consuming OwnedArray<Listener>, signals: consuming SignalReader? = nil,
    stop: FileDescriptor? = nil, log: Log
  ) throws(SystemError) {
    let connections = try ConnectionTable(settings, timerToken: Token.timer)
    let spare = try OwnedDescriptor.null()
    for index in 0..<listeners.count {
      try connections.watch(listeners[index].descriptor, token: Token.listeners + UInt64(index))
    }
    if let descriptor = signals?.descriptor { try connections.watch(descriptor, token: Token.signals) }
    if let stop { try connections.watch(stop, token: Token.stop) }
    broker = Broker(limits: settings.limits, busName: settings.busName, version: settings.version)
    self.connections = connections
    self.listeners = listeners
    self.signals = signals
    self.stop = stop
    self.log = log
    self.spare = consume spare
    watchdog = ServiceManager.watchdogInterval.map(Watchdog.init)
  }

  /// Why `run` has returned.
  package enum Pause {
    /// Somebody asks that the settings be read again; the loop is to be run on afterwards.
    case reloadAsked
    /// It has ended.
    case ended
  }

  /// Runs until it is asked to stop and everyone has read the GOODBYE or the time for that is over, or for a moment until
  /// a reload is asked for.
  @discardableResult
  package mutating func run() -> Pause {
    while !isStopping || broker.sessionCount > 0 {
      let count = connections.wait(until: nextDeadline, isBusy: broker.isBusy)
      broker.setTime(monotonic: Clock.monotonicCoarse, wall: Clock.wall)
      for index in 0..<count { handle(connections.event(index)) }
      finishTurn()
      if isReloadAsked {
        isReloadAsked = false
        return .reloadAsked
      }
    }
    return .ended
  }

  /// Changes what can be changed while it runs.
  ///
  /// - Parameter socketBufferBytes: for the connections that come from now on.
  package mutating func apply(socketBufferBytes: Int, log: Log) {
    connections.socketBufferBytes = socketBufferBytes
    self.log = log
  }

  private var nextDeadline: UInt64? {
    let deadline = min(broker.nextDeadline ?? .max, watchdog?.due ?? .max, acceptsAgain ?? .max)
    return deadline == .max ? nil : deadline
  }

  private mutating func handle(_ event: Poller.Event) {
    switch event.token {
    case Token.stop: beginToStop()
    case Token.signals: handleSignals()
    case Token.timer: connections.timerFired()
    case Token.listeners..<Token.signals: accept(from: Int(event.token - Token.listeners))
    default:
      let id = SessionID(slot: UInt32(event.token))
      if event.isWritable { flush(id) }
      if event.isReadable || event.isHangUp { receive(id, isHangUp: event.isHangUp) }
    }
  }

  private mutating func finishTurn() {
    flushAndResume()
    broker.tick()
    while let id = broker.nextEnded() { close(id, reason: "it did not read its GOODBYE in time") }
    flushAndResume()
    while let (id, error) = connections.nextUnwatched() {
      guard connections.isOpen(id) else { continue }
      close(id, reason: "the system cannot watch its connection: \(error)")
    }
    acceptAgain()
    if broker.takeTrimmed() { Process.returnFreeMemory() }
    watchdog?.beat(at: broker.now)
    for event in broker.takeEvents() { log(event) }
  }

  /// Sends what was queued and lets those go on who waited for room, until neither brings anything more: nobody may
  /// be left over for a next turn, which can be long in coming.
  private mutating func flushAndResume() {
    flushDirty()
    while let id = broker.nextResumable() {
      if connections.isOpen(id) { follow(broker.resume(id), id) }
      flushDirty()
    }
  }

  // MARK: Reading

  private mutating func receive(_ id: SessionID, isHangUp: Bool) {
    guard connections.isOpen(id) else { return }
    if isHangUp, !connections.isReading(id) {
      connections.stopWatching(id)
      return
    }
    switch connections.receive(id, into: broker.inputBuffer(for: id)) {
    case .bytes(let count):
      follow(broker.read(count, from: id), id)
      if broker.hasBorrowers { flushDirty() }
    case .wouldBlock: break
    case .endOfStream: close(id, reason: Self.noGoodbye)
    case .failed(let error): close(id, reason: "\(Self.noGoodbye): \(error.reason)")
    }
  }

  private static let noGoodbye = "the connection ended without a GOODBYE"

  private mutating func follow(_ state: Broker.InputState, _ id: SessionID) {
    connections.setReading(id, state == .open)
  }

  private mutating func close(_ id: SessionID, reason: String) {
    connections.close(id)
    broker.close(id, reason: reason)
  }

  // MARK: Writing

  private mutating func flushDirty() {
    while let id = broker.nextDirty() {
      if connections.isOpen(id), !connections.isWriting(id) { flush(id) }
    }
  }

  private mutating func flush(_ id: SessionID) {
    guard connections.isOpen(id) else { return }
    while true {
      var offered = connections.gather(id, from: &broker)
      if offered == 0 {
        // What waited may have been dropped meanwhile; that is to be reported to the receiver.
        _ = broker.sent(0, to: id)
        offered = connections.gather(id, from: &broker)
        if offered == 0 { return connections.setWriting(id, false) }
      }
      switch connections.sendGathered(id) {
      case .bytes(let count):
        switch broker.sent(count, to: id) {
        case .drained: return connections.setWriting(id, false)
        case .finished: return finish(id)
        case .pending where count < offered:
          broker.blocked(id)
          return connections.setWriting(id, true)
        case .pending: continue
        }
      case .wouldBlock:
        broker.blocked(id)
        return connections.setWriting(id, true)
      case .endOfStream, .failed:
        broker.outputFailed(id)
        return connections.setWriting(id, false)
      }
    }
  }

  private mutating func finish(_ id: SessionID) {
    connections.setWriting(id, false)
    connections.setReading(id, true)
    connections.shutdownWriting(id)
    broker.finished(id)
  }

  // MARK: Connecting

  /// Connections that are accepted in a turn.
  private static let acceptedMax = 32

  private mutating func accept(from index: Int) {
    guard !isStopping else { return }
    do throws(SystemError) {
      // Some at a time: who connects again and again must not keep the others waiting.
      for _ in 0..<Self.acceptedMax {
        guard let socket = try listeners[index].accept() else { break }
        admit(socket)
      }
    } catch  where error.code == SystemError.tooManyOpenFiles {
      spare = nil
      if let socket = try? listeners[index].accept() {
        turnAway(socket, "the manager has no file descriptor left; raise its limit of open files")
      }
      spare = try? OwnedDescriptor.null()
    } catch {
      let address = listeners[index].address
      log(
        .error, "accept",
        [
          "address": "\(address)", "error": "\(error)",
          "meaning": "connections wait there; it is tried again in a second",
        ])
      pauseAccepting()
    }
  }

  /// How long nothing is accepted after the system could not: it would only be asked in vain again and again.
  private static let pauseNanoseconds: UInt64 = 1_000_000_000

  private mutating func pauseAccepting() {
    for index in 0..<listeners.count { connections.stopWatching(listeners[index].descriptor) }
    acceptsAgain = broker.now + Self.pauseNanoseconds
  }

  private mutating func acceptAgain() {
    guard let time = acceptsAgain, broker.now >= time else { return }
    acceptsAgain = nil
    for index in 0..<listeners.count {
      do throws(SystemError) {
        try connections.watch(listeners[index].descriptor, token: Token.listeners + UInt64(index))
      } catch {
        return pauseAccepting()
      }
    }
  }

  private mutating func admit(_ socket: consuming Socket) {
    guard let id = broker.open(by: socket.peerProcess.map { PeerProcess(id: $0.id, user: $0.user) }) else {
      return turnAway(socket, "too many connections; end some modules")
    }
    do throws(SystemError) {
      try connections.watch(id, socket)
    } catch {
      broker.close(id)
      return turnAway(socket, "\(error)")
    }
    connections.open(id, socket)
  }

  /// Says GOODBYE to a connection that cannot become a session, as well as that goes without one.
  private mutating func turnAway(_ socket: consuming Socket, _ text: String) {
    let bytes = broker.farewell(.full, text)
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      // Unread bytes would turn the close into a reset that overtakes the GOODBYE.
      _ = socket.receive(into: buffer)
      _ = bytes.withUnsafeBytes { socket.send($0) }
      socket.shutdownWriting()
      _ = socket.receive(into: buffer)
    }
  }

  // MARK: Ending

  private mutating func handleSignals() {
    while let signal = signals?.next() {
      if signal == .hangup, !Process.hasTerminal {
        isReloadAsked = !isStopping
      } else {
        log(.info, "stopping", ["signal": "\(signal)"])
        beginToStop()
      }
    }
  }

  private mutating func beginToStop() {
    guard !isStopping else { return }
    isStopping = true
    ServiceManager.notify("STOPPING=1")
    if let stop { connections.stopWatching(stop) }
    listeners = OwnedArray()
    broker.shutDown()
  }
}
