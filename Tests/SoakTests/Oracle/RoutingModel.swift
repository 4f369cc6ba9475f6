import BusManagerCore
import BusWire

/// Works out, from what the manager has read, who should get what: the promises of docs/PROTOCOL.md in their simplest
/// form, without queues, limits and memory.
struct RoutingModel {
  private(set) var sessions: [ModelSession?] = []
  /// What the manager did that it must not.
  private(set) var problem: String?
  private(set) var frameCount = 0

  mutating func open(_ id: SessionID, _ connection: Connection) {
    while sessions.count <= id.slot { sessions.append(nil) }
    sessions[Int(id.slot)] = ModelSession(connection)
  }

  /// The manager has read bytes.
  mutating func reads(_ bytes: UnsafeRawBufferPointer, from id: SessionID) {
    let slot = Int(id.slot)
    sessions[slot]!.input.append(bytes)
    while let message = sessions[slot]!.input.next() {
      sessions[slot]!.unhandled.append((sessions[slot]!.input.offset, message))
    }
  }

  /// Bytes that the manager has read from a session.
  func readBytes(from id: SessionID) -> Int { sessions[Int(id.slot)]?.input.fedBytes ?? 0 }

  /// The manager has handled what a session sent, up to some byte of it.
  mutating func handles(_ id: SessionID, upTo end: Int, _ events: [BrokerEvent]) {
    note(events, handling: id)
    let slot = Int(id.slot)
    // What a module sends after it has left is thrown away.
    if !sessions[slot]!.isLive, sessions[slot]!.source != 0 { sessions[slot]!.unhandled = [] }
    while let first = sessions[slot]!.unhandled.first, first.end <= end {
      sessions[slot]!.unhandled.removeFirst()
      guard handle(first.message, from: slot) else { break }
    }
    if departures.contains(slot) { depart(slot) }
    departures = []
  }

  /// Slots of modules that leave with the input that is being handled.
  private var departures: [Int] = []

  /// The connection is gone.
  mutating func close(_ id: SessionID, _ events: [BrokerEvent]) {
    note(events)
    if sessions[Int(id.slot)]?.isLive == true { problem = "a module that is gone was not announced as lost" }
    sessions[Int(id.slot)] = nil
  }

  /// The manager says GOODBYE to everyone: nothing is routed any more.
  mutating func shutDown(_ events: [BrokerEvent]) {
    note(events)
    for slot in sessions.indices { sessions[slot]?.isLive = false }
  }

  // MARK: Frames

  /// - Returns: false if nothing behind it is looked at.
  private mutating func handle(_ message: Message, from slot: Int) -> Bool {
    let header = message.header
    if header.type == Goodbye.frameType.id { return false }
    if let listen = message.decode(Listen.self) { handle(listen, from: slot) }
    guard header.type < FrameType.firstBusID else { return true }
    var message = message
    message.header.source = sessions[slot]!.source
    frameCount += 1
    var isHeard = false
    for receiver in sessions.indices where receiver != slot {
      guard let session = sessions[receiver], session.isLive, session.wants(header) else { continue }
      session.connection.due.expect(message)
      if !session.isObserver { isHeard = true }
    }
    if header.flags.contains(.request) {
      if !isHeard { sessions[slot]!.connection.due.expect(Message(nobodyHears: header)) }
    } else if header.flags.contains(.retain) {
      sessions[slot]!.keep(message)
    }
    return true
  }

  private mutating func handle(_ listen: Listen, from slot: Int) {
    let before = sessions[slot]!.listens
    sessions[slot]!.listens = listen.entries
    func isNew(_ header: FrameHeader) -> Bool {
      ModelSession.accepts(listen.entries, header, false) && !ModelSession.accepts(before, header, false)
    }
    let connection = sessions[slot]!.connection
    for other in sessions.indices where other != slot {
      guard let session = sessions[other], session.isLive else { continue }
      if isNew(FrameHeader(size: 0, type: ModuleStatus.frameType.id)) {
        connection.due.expect(Message(module: session.source, state: session.state))
      }
      for message in session.retained where isNew(message.header) { connection.due.expect(message) }
    }
  }

  // MARK: Modules

  /// Follows what the manager did by itself.
  mutating func note(_ events: [BrokerEvent], handling id: SessionID? = nil) {
    for event in events {
      switch event {
      case .joined(let module): join(module, id)
      case .left(let module, _): leave(module, .left, id)
      case .lost(let module, _): leave(module, .lost, id)
      case .slow(let module): change(module, .slow) { $0.isSlow = true }
      case .hung(let module): change(module, .hung) { $0.isHung = true }
      case .recovered(let module, let before):
        change(module, nil) { if before == .slow { $0.isSlow = false } else { $0.isHung = false } }
      case .refused, .missesFrames, .lostFrames, .mismatch, .retainedFull: break
      }
    }
  }

  private func slot(of module: ModuleIdentity) -> Int? {
    sessions.firstIndex { $0?.isLive == true && $0?.source == module.id }
  }

  private mutating func join(_ module: ModuleIdentity, _ id: SessionID?) {
    guard let id, let hello = sessions[Int(id.slot)]!.unhandled.first?.message.decode(Hello.self) else {
      problem = "\(module) joined without a HELLO"
      return
    }
    sessions[Int(id.slot)]!.source = module.id
    sessions[Int(id.slot)]!.isLive = true
    sessions[Int(id.slot)]!.isObserver = hello.observer
    announce(module.id, .joined)
  }

  private mutating func leave(_ module: ModuleIdentity, _ state: ModuleState, _ id: SessionID?) {
    guard let slot = slot(of: module) else {
      problem = "\(module) left without having joined"
      return
    }
    announce(module.id, state)
    if let id, slot == id.slot { departures.append(slot) } else { depart(slot) }
  }

  private mutating func depart(_ slot: Int) {
    sessions[slot]!.isLive = false
  }

  private mutating func change(_ module: ModuleIdentity, _ state: ModuleState?, _ body: (inout ModelSession) -> Void) {
    guard let slot = slot(of: module) else {
      problem = "\(module) is no module"
      return
    }
    body(&sessions[slot]!)
    announce(module.id, state ?? sessions[slot]!.state)
  }

  /// Everyone else who wants to know is told; one that is slow is told itself as well.
  private mutating func announce(_ source: UInt32, _ state: ModuleState) {
    for session in sessions {
      guard let session, session.isLive, session.source != source || state == .slow else { continue }
      guard session.wants(FrameHeader(size: 0, type: ModuleStatus.frameType.id)) else { continue }
      session.connection.due.expect(Message(module: source, state: state))
    }
  }
}
