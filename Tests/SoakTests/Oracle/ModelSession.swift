import BusWire

/// What the model knows of one connection to the manager.
struct ModelSession {
  let connection: Connection
  /// Everything that the manager has read from it.
  var input = MessageParser()
  /// Whole messages that were read; the manager may not have come to them yet.
  var unhandled: [(end: Int, message: Message)] = []
  var isLive = false
  var source: UInt32 = 0
  var isObserver = false
  var isSlow = false
  var isHung = false
  var listens: [ListenEntry] = []
  /// How many frames of a type are kept, where it was declared.
  var depths: [UInt16: Int] = [:]
  /// Kept frames, in the order in which they arrived.
  var kept: [Message] = []
  /// Frames that it sent again, by their sequence numbers.
  var repetitions: Set<UInt32> = []

  init(_ connection: Connection) {
    self.connection = connection
  }

  var state: ModuleState {
    if isHung { return .hung }
    return isSlow ? .slow : .joined
  }

  /// Whether frames like this one belong to the module.
  func wants(_ header: FrameHeader) -> Bool {
    let isRequest = header.flags.contains(.request)
    if Self.accepts(listens, header, isRequest) { return true }
    // An observer gets the requests of what it looks at, whatever its entries say.
    return isObserver && isRequest && listens.contains { Self.isMeant(header, by: $0) }
  }

  /// Whether a listen set asks for such frames.
  static func accepts(_ entries: [ListenEntry], _ header: FrameHeader, _ isRequest: Bool) -> Bool {
    entries.contains { isMeant(header, by: $0) && (isRequest ? $0.requests : $0.values) }
  }

  private static func isMeant(_ header: FrameHeader, by entry: ListenEntry) -> Bool {
    (entry.type == header.type || (entry.type == 0 && header.type < FrameType.firstBusID))
      && (entry.anyInstance || entry.instance == header.instance)
  }

  /// Keeps a frame.
  ///
  /// - Returns: the older one that goes for it.
  mutating func keep(_ message: Message) -> Message? {
    var message = message
    message.header.flags.insert(.retained)
    let alike = kept.indices.filter {
      kept[$0].header.type == message.header.type && kept[$0].header.instance == message.header.instance
    }
    if alike.contains(where: { kept[$0].header.timestamp == message.header.timestamp }) { return nil }
    kept.append(message)
    return alike.count >= depths[message.header.type] ?? 1 ? kept.remove(at: alike[0]) : nil
  }
}
