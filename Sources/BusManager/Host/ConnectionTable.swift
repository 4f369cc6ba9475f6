import BusManagerCore
import BusSystem

/// The sockets of the sessions by slot, and what each is watched for.
struct ConnectionTable: ~Copyable {
  private struct Connection: ~Copyable {
    var socket: Socket?
    var interest: Poller.Interest = []
    /// What the poller has; only changes are passed on to it.
    var watched: Poller.Interest = []
  }

  private let poller: Poller
  private var connections = OwnedArray<Connection>()
  /// Bytes of the kernel's buffers of the connections that are opened next.
  var socketBufferBytes: Int
  private var gathered = Gather()
  private let timer: Timer
  /// What the timer is set to; it is only ever set earlier, and set anew when it was ready.
  private var timerDeadline = UInt64.max
  private var unwatched: [(id: SessionID, error: SystemError)] = []

  /// - Parameter timerToken: the token of the event that the deadline of `wait` has passed.
  init(_ settings: ManagerSettings, timerToken: UInt64) throws(SystemError) {
    let poller = try Poller()
    let timer = try Timer()
    try poller.add(timer.descriptor, .reading, token: timerToken)
    self.poller = poller
    self.timer = timer
    socketBufferBytes = settings.socketBufferBytes
  }

  // MARK: Waiting

  func watch(_ descriptor: FileDescriptor, token: UInt64) throws(SystemError) {
    try poller.add(descriptor, .reading, token: token)
  }

  func stopWatching(_ descriptor: FileDescriptor) {
    try? poller.remove(descriptor)
  }

  /// Waits until something is ready; the timer is, once the deadline has passed.
  ///
  /// - Parameter isBusy: only looks what is ready.
  mutating func wait(until deadline: UInt64?, isBusy: Bool) -> Int {
    if let deadline, deadline < timerDeadline {
      timerDeadline = deadline
      timer.set(deadline + Self.coarseClockNanoseconds)
    }
    return poller.wait(milliseconds: isBusy ? 0 : nil)
  }

  /// Clears the timer after it was ready.
  mutating func timerFired() {
    timer.clear()
    timerDeadline = .max
  }

  /// By how much the clock of the turns may be behind: a deadline for which the timer fires must have passed for it too.
  private static let coarseClockNanoseconds: UInt64 = 4_000_000

  func event(_ index: Int) -> Poller.Event { poller[index] }

  // MARK: Connections

  /// Begins to watch a socket, which `open` takes over next.
  ///
  /// - Throws: `SystemError` if the system cannot watch one more.
  func watch(_ id: SessionID, _ socket: borrowing Socket) throws(SystemError) {
    try poller.add(socket.descriptor, .reading, token: UInt64(id.slot))
  }

  /// Takes over a socket that is watched.
  mutating func open(_ id: SessionID, _ socket: consuming Socket) {
    socket.setBufferSizes(send: socketBufferBytes, receive: socketBufferBytes)
    while id.slot >= connections.count { connections.append(Connection()) }
    connections[Int(id.slot)] = Connection(socket: socket, interest: .reading, watched: .reading)
  }

  mutating func close(_ id: SessionID) {
    connections[Int(id.slot)] = Connection()
  }

  func isOpen(_ id: SessionID) -> Bool {
    id.slot < connections.count && connections[Int(id.slot)].socket != nil
  }

  func isReading(_ id: SessionID) -> Bool { connections[Int(id.slot)].interest.contains(.reading) }
  func isWriting(_ id: SessionID) -> Bool { connections[Int(id.slot)].interest.contains(.writing) }

  mutating func setReading(_ id: SessionID, _ isOn: Bool) { setInterest(id, .reading, isOn) }
  mutating func setWriting(_ id: SessionID, _ isOn: Bool) { setInterest(id, .writing, isOn) }

  /// Leaves a connection out of the poller until its interest changes.
  mutating func stopWatching(_ id: SessionID) {
    guard let descriptor = descriptor(id) else { return }
    try? poller.remove(descriptor)
    connections[Int(id.slot)].watched = []
    connections[Int(id.slot)].interest.remove(.writing)
  }

  @inline(__always)
  private mutating func setInterest(_ id: SessionID, _ interest: Poller.Interest, _ isOn: Bool) {
    let slot = Int(id.slot)
    if connections[slot].interest.contains(interest) == isOn { return }
    if isOn {
      connections[slot].interest.insert(interest)
    } else {
      connections[slot].interest.remove(interest)
    }
    updatePoller(id)
  }

  private mutating func updatePoller(_ id: SessionID) {
    let (interest, watched) = (connections[Int(id.slot)].interest, connections[Int(id.slot)].watched)
    guard interest != watched, let descriptor = descriptor(id) else { return }
    let token = UInt64(id.slot)
    do throws(SystemError) {
      if watched.isEmpty {
        try poller.add(descriptor, interest, token: token)
      } else if interest.isEmpty {
        try poller.remove(descriptor)
      } else {
        try poller.modify(descriptor, interest, token: token)
      }
      connections[Int(id.slot)].watched = interest
    } catch {
      unwatched.append((id, error))
    }
  }

  /// The next connection that is to be closed, because the system would not watch it any more.
  mutating func nextUnwatched() -> (id: SessionID, error: SystemError)? { unwatched.popLast() }

  // MARK: Transfer

  @inline(__always)
  func receive(_ id: SessionID, into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    switch connections[Int(id.slot)].socket {
    case .some(let socket): socket.receive(into: buffer)
    case .none: .endOfStream
    }
  }

  private func descriptor(_ id: SessionID) -> FileDescriptor? {
    switch connections[Int(id.slot)].socket {
    case .some(let socket): socket.descriptor
    case .none: nil
    }
  }

  /// Collects what is to be sent next.
  ///
  /// - Returns: how many bytes that is.
  mutating func gather(_ id: SessionID, from broker: inout Broker) -> Int {
    gathered.removeAll()
    broker.forEachPiece(of: id) { gathered.append($0) }
    return gathered.byteCount
  }

  func sendGathered(_ id: SessionID) -> Transfer {
    switch connections[Int(id.slot)].socket {
    case .some(let socket): gathered.send(to: socket)
    case .none: .endOfStream
    }
  }

  func shutdownWriting(_ id: SessionID) {
    switch connections[Int(id.slot)].socket {
    case .some(let socket): socket.shutdownWriting()
    case .none: break
    }
  }
}
