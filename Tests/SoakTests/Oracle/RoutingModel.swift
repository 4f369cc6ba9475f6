import BusWire

@testable import BusManagerCore

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
    // Nothing more is sent of what is kept.
    for slot in sessions.indices where sessions[slot]?.isLive == true { depart(slot) }
  }

  // MARK: Frames

  /// - Returns: false if nothing behind it is looked at.
  private mutating func handle(_ message: Message, from slot: Int) -> Bool {
    let header = message.header
    if header.type == Goodbye.frameType.id { return false }
    if let listen = message.decode(Listen.self) { handle(listen, from: slot) }
    if let declare = message.decode(Declare.self) { sessions[slot]!.depths[declare.type] = max(1, Int(declare.retain)) }
    guard header.type < FrameType.firstBusID else { return true }
    var message = message
    message.header.source = sessions[slot]!.source
    frameCount += 1
    let isRepetition = header.flags.contains(.retained) && !header.flags.contains(.request)
    if isRepetition { sessions[slot]!.repetitions.insert(header.sequence) }
    var isHeard = false
    for receiver in sessions.indices where receiver != slot {
      guard let session = sessions[receiver], session.isLive, session.wants(header) else { continue }
      session.connection.due.expect(message, isRepetition: isRepetition)
      if !session.isObserver { isHeard = true }
    }
    if header.flags.contains(.request) {
      if !isHeard { sessions[slot]!.connection.due.expect(Message(nobodyHears: header)) }
    } else if header.flags.contains(.retain) {
      if let gone = sessions[slot]!.keep(message) {
        sessions[slot]!.connection.due.expectReplaced(gone)
        release(gone)
      }
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
      for message in session.kept where isNew(message.header) {
        let isRepetition = session.repetitions.contains(message.header.sequence)
        connection.due.expect(message, isKept: true, isRepetition: isRepetition)
      }
    }
  }

  // MARK: Kept frames

  /// What kept frames take in a manager that has room for all of them.
  var keptBytes: Int {
    sessions.reduce(0) { sum, session in
      (session?.kept ?? []).reduce(sum) { $0 + Shelf.cost(of: $1.header.frameByteCount) }
    }
  }

  /// The manager had no room for the others; it has to tell their senders.
  mutating func forgetAllBut(_ headers: [FrameHeader]) {
    struct Key: Hashable { let source, sequence: UInt32 }
    let there = Set(headers.map { Key(source: $0.source, sequence: $0.sequence) })
    for slot in sessions.indices {
      for message in sessions[slot]?.kept ?? [] {
        guard !there.contains(Key(source: message.header.source, sequence: message.header.sequence)) else { continue }
        sessions[slot]!.kept.removeAll { $0 == message }
        sessions[slot]!.connection.due.expectNotKept(message)
        release(message)
      }
    }
    if sessions.reduce(0, { $0 + ($1?.kept.count ?? 0) }) != headers.count { problem = "it keeps what it must not" }
  }

  /// Whoever has not got a kept frame yet need not get it any more.
  private func release(_ message: Message) {
    for session in sessions { session?.connection.due.release(message) }
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
    for message in sessions[slot]!.kept { release(message) }
    sessions[slot]!.kept = []
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
