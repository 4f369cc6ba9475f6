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
  /// Last values, in the order in which their kinds were first sent.
  var retained: [Message] = []

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
    return Self.accepts(listens, header, isRequest)
      || (isObserver && isRequest && Self.accepts(listens, header, false))
  }

  /// Whether a listen set asks for such frames.
  static func accepts(_ entries: [ListenEntry], _ header: FrameHeader, _ isRequest: Bool) -> Bool {
    for entry in entries {
      let isMeant = entry.type == header.type || (entry.type == 0 && header.type < FrameType.firstBusID)
      guard isMeant, entry.anyInstance || entry.instance == header.instance else { continue }
      if isRequest ? entry.requests : entry.values { return true }
    }
    return false
  }

  /// Keeps a last value in place of the one before.
  mutating func keep(_ message: Message) {
    var message = message
    message.header.flags.insert(.retained)
    let index = retained.firstIndex {
      $0.header.type == message.header.type && $0.header.instance == message.header.instance
    }
    if let index { retained[index] = message } else { retained.append(message) }
  }
}
