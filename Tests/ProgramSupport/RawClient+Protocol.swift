import BusSystem
import BusWire
import Testing

extension RawClient {
  /// Connects, says HELLO, reads WELCOME and sends a listen set.
  convenience init(
    _ address: BusAddress, _ name: String, instance: UInt8 = 0, observer: Bool = false, pid: UInt32 = 0,
    listen: [ListenEntry] = []
  ) throws {
    try self.init(address)
    try send(Self.hello(name, instance: instance, observer: observer, pid: pid))
    welcomed(try expect(Welcome.self))
    if !listen.isEmpty { try self.listen(listen) }
  }

  static func hello(
    _ name: String, version: UInt16 = WireProtocol.version, instance: UInt8 = 0, observer: Bool = false,
    pid: UInt32 = 0
  ) -> Hello {
    Hello(
      version: version, instance: instance, observer: observer, pid: pid, name: name, client: "raw",
      clientVersion: "1")
  }

  /// Replaces the listen set, and returns when the manager has it.
  func listen(_ entries: [ListenEntry]) throws {
    try send(Listen(entries: entries))
    try barrier()
  }

  /// Returns when the manager has handled everything sent so far; what arrived before the PONG must be nothing else
  /// than MODULE_STATUS, which is skipped.
  func barrier() throws {
    let token = Clock.monotonic
    try send(Ping(token: token))
    let pong = try expect(Pong.self, skipping: [ModuleStatus.frameType.id])
    #expect(pong.token == token)
  }

  /// Returns when somebody other than observers listens for requests of a type. That one gets some of them.
  func waitForListener(of type: UInt16) throws {
    try Deadline.wait(for: "somebody listens for \(type)") {
      let token = Clock.monotonic
      try send(WireFrame.request(type), WireFrame(Ping(token: token)))
      var isHeard = true
      while true {
        let frame = try next()
        if frame.header.type == NoListener.frameType.id { isHeard = false }
        if frame.header.type == Pong.frameType.id { return isHeard }
      }
    }
  }

  /// The next frame, which must be of this kind.
  func expect<Frame: TypedFrame>(
    _ type: Frame.Type, skipping skipped: Set<UInt16> = [], _ location: SourceLocation = #_sourceLocation
  ) throws -> Frame {
    var frame = try next()
    while skipped.contains(frame.header.type) { frame = try next() }
    try #require(
      frame.header.type == Frame.frameType.id, "\(try? Goodbye(payload: frame.payload).text)",
      sourceLocation: location)
    return try Frame(payload: frame.payload)
  }

  /// The numbers of the next frames, which must be of one type.
  func numbers(_ count: Int, type: UInt16, _ location: SourceLocation = #_sourceLocation) throws -> [UInt32] {
    try (0..<count).map { _ in
      let frame = try next()
      try #require(frame.header.type == type, sourceLocation: location)
      return frame.number
    }
  }

  /// The manager must say GOODBYE now and end the connection.
  ///
  /// - Returns: the text for people.
  @discardableResult
  func expectGoodbye(
    _ code: GoodbyeCode, skipping: Set<UInt16> = [], _ location: SourceLocation = #_sourceLocation
  ) throws -> String {
    let goodbye = try expect(Goodbye.self, skipping: skipping, location)
    #expect(goodbye.code == code, sourceLocation: location)
    #expect(throws: Ended.self, sourceLocation: location) { try self.next() }
    return goodbye.text
  }

  /// Nothing but MODULE_STATUS has arrived until now.
  func expectNothing() throws { try barrier() }
}

extension ListenEntry {
  /// Values and requests of every instance.
  static func type(_ type: UInt16) -> ListenEntry {
    ListenEntry(type: type, instance: 0, anyInstance: true, values: true, requests: true)
  }

  static func values(_ type: UInt16) -> ListenEntry {
    ListenEntry(type: type, instance: 0, anyInstance: true, values: true, requests: false)
  }

  static func requests(_ type: UInt16) -> ListenEntry {
    ListenEntry(type: type, instance: 0, anyInstance: true, values: false, requests: true)
  }

  static func instance(_ instance: UInt8, of type: UInt16) -> ListenEntry {
    ListenEntry(type: type, instance: instance, anyInstance: false, values: true, requests: true)
  }

  static let moduleStatus = type(ModuleStatus.frameType.id)
}
