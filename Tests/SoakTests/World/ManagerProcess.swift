import BusWire
import TestSupport

@testable import BusManagerCore

/// A manager over the simulated network: a real broker, and what its host does with sockets.
final class ManagerProcess {
  private(set) var broker: Broker
  private(set) var model = RoutingModel()
  private unowned let world: World
  private var connections: [Connection?] = []
  private var isReading: [Bool] = []
  private var isWriting: [Bool] = []
  private var incoming: [Connection] = []
  private var isStopping = false

  init(_ world: World, _ limits: ManagerLimits) {
    self.world = world
    broker = Broker(limits: limits, busName: "soak", version: "1")
    broker.setTime(monotonic: world.time, wall: world.wallTime)
  }

  var sessionCount: Int { broker.sessionCount }
  var isListening: Bool { !isStopping }

  func connect(_ connection: Connection) { incoming.append(connection) }

  /// One turn of the loop.
  func turn() {
    broker.setTime(monotonic: world.time, wall: world.wallTime)
    accept()
    for id in openSessions.shuffled(using: &world.random) {
      guard let connection = connections[Int(id.slot)] else { continue }
      if isWriting[Int(id.slot)], connection.toModule.roomBytes > 0 || connection.toModule.isClosed { flush(id) }
      if isReading[Int(id.slot)], connection.toManager.isReadable { receive(id) }
    }
    finishTurn()
    if let problem = model.problem { world.fail("the manager: \(problem)") }
  }

  private var openSessions: [SessionID] {
    connections.indices.filter { connections[$0] != nil }.map { SessionID(slot: UInt32($0)) }
  }

  private func isOpen(_ id: SessionID) -> Bool { id.slot < connections.count && connections[Int(id.slot)] != nil }

  private func finishTurn() {
    flushDirty()
    resumeAll()
    broker.tick()
    model.note(broker.takeEvents())
    resumeAll()
    while let id = broker.nextEnded() { close(id) }
    flushDirty()
  }

  private func resumeAll() {
    while let id = broker.nextResumable() {
      if isOpen(id) { follow(broker.resume(id), id) }
      flushDirty()
    }
  }

  // MARK: Reading

  private func accept() {
    for connection in incoming {
      guard !isStopping, let id = broker.open() else {
        connection.closeManagerEnd()
        continue
      }
      while id.slot >= connections.count {
        connections.append(nil)
        isReading.append(true)
        isWriting.append(false)
      }
      connections[Int(id.slot)] = connection
      isReading[Int(id.slot)] = true
      isWriting[Int(id.slot)] = false
      model.open(id, connection)
    }
    incoming = []
  }

  private func receive(_ id: SessionID) {
    guard let pipe = connections[Int(id.slot)]?.toManager else { return }
    let buffer = broker.inputBuffer(for: id)
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<world.part(of: buffer.count)])
    let count = pipe.read(into: part)
    guard count > 0 else { return pipe.isAtEnd ? close(id) : () }
    model.reads(UnsafeRawBufferPointer(rebasing: part[..<count]), from: id)
    follow(broker.read(count, from: id), id)
  }

  private func follow(_ state: Broker.InputState, _ id: SessionID) {
    isReading[Int(id.slot)] = state == .open
    model.handles(id, upTo: model.readBytes(from: id) - broker.unroutedBytes(of: id), broker.takeEvents())
    if !isStopping, model.keptBytes != broker.holdings.retainedBytes { model.forgetAllBut(broker.keptHeaders) }
    noteLosses()
  }

  private func close(_ id: SessionID) {
    noteLosses()
    connections[Int(id.slot)]?.closeManagerEnd()
    connections[Int(id.slot)] = nil
    broker.close(id)
    model.close(id, broker.takeEvents())
  }

  /// The counts of what was lost, for when the connections are gone.
  private func noteLosses() {
    for id in openSessions {
      if let counters = broker.counters(of: id) { connections[Int(id.slot)]?.lostAtEnd = counters.lost }
    }
  }

  // MARK: Writing

  private func flushDirty() {
    while let id = broker.nextDirty() {
      if isOpen(id), !isWriting[Int(id.slot)] { flush(id) }
    }
  }

  private func flush(_ id: SessionID) {
    // Frames of data streams that were replaced are counted as lost when the rest is sent.
    defer { noteLosses() }
    guard let pipe = connections[Int(id.slot)]?.toModule else { return }
    if pipe.isClosed {
      broker.outputFailed(id)
      isWriting[Int(id.slot)] = false
      return
    }
    while true {
      var offered = 0
      broker.forEachPiece(of: id) { piece in
        offered += piece.count
        return true
      }
      if offered == 0 {
        isWriting[Int(id.slot)] = false
        return
      }
      let count = write(id, to: pipe)
      if count == 0 { return block(id) }
      switch broker.sent(count, to: id) {
      case .drained:
        isWriting[Int(id.slot)] = false
        return
      case .finished: return finish(id, pipe)
      case .pending where count < offered: return block(id)
      case .pending: continue
      }
    }
  }

  private func write(_ id: SessionID, to pipe: Pipe) -> Int {
    var room = world.part(of: pipe.roomBytes)
    var count = 0
    broker.forEachPiece(of: id) { piece in
      let taken = pipe.write(UnsafeRawBufferPointer(rebasing: piece[..<min(piece.count, room)]))
      room -= taken
      count += taken
      return taken == piece.count
    }
    return count
  }

  private func block(_ id: SessionID) {
    broker.blocked(id)
    isWriting[Int(id.slot)] = true
  }

  private func finish(_ id: SessionID, _ pipe: Pipe) {
    isWriting[Int(id.slot)] = false
    isReading[Int(id.slot)] = true
    pipe.close()
    broker.finished(id)
  }

  // MARK: Ending

  /// Says GOODBYE to everyone, as at SIGTERM.
  func shutDown() {
    guard !isStopping else { return }
    isStopping = true
    // Counts the frames of data streams that were replaced, while there is a counter.
    for id in openSessions { broker.forEachPiece(of: id) { _ in false } }
    noteLosses()
    broker.shutDown()
    model.shutDown(broker.takeEvents())
  }

  /// The process is gone from one moment to the next.
  func kill() {
    noteLosses()
    for connection in connections { connection?.cut(using: &world.random) }
    for connection in incoming { connection.cut(using: &world.random) }
  }

  /// What still waits in the manager; empty if nothing does.
  var unrest: String {
    var reasons = incoming.isEmpty ? [] : ["a connection waits"]
    for id in openSessions {
      reasons += broker.unrest(of: id).map { "session \(id.slot) \($0)" }
    }
    return reasons.joined(separator: ", ")
  }

  /// What the manager still holds after everyone has left; nil if nothing.
  var leftover: String? {
    let facts = [
      ("blocks", broker.holdings.blocks), ("sessions", broker.sessionCount),
      ("retained bytes", broker.holdings.retainedBytes),
      ("declarations", broker.holdings.declarations), ("declared bytes", broker.holdings.declaredBytes),
      ("names", broker.holdings.names),
    ]
    let held = facts.filter { $0.1 != 0 }.map { "\($0.1) \($0.0)" }
    return held.isEmpty ? nil : held.joined(separator: ", ")
  }
}
