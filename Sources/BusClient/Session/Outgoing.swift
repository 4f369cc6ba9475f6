import BusWire

/// What goes to the manager: frames that wait to be written, the types that are declared, and what is kept for the next
/// manager.
struct Outgoing: ~Copyable {
  /// What became of a frame that was to be sent.
  enum Fate {
    case queued
    /// It waits until a manager takes it.
    case kept
    /// The outbox is full. Nothing was done.
    case noRoom
  }

  private var outbox = Outbox()
  private var declarations = Declarations()
  private var history = History()
  /// What the manager takes; what the usual one takes as long as there was none.
  private var payloadBytesMax = 4 << 20

  // MARK: Bytes

  var isEmpty: Bool { outbox.isEmpty }
  var byteCount: Int { outbox.byteCount }
  /// What is to be written next.
  var bytes: UnsafeRawBufferPointer { outbox.bytes }

  mutating func written(_ byteCount: Int) { outbox.sent(byteCount) }

  /// Forgets what waits: the connection is gone.
  ///
  /// - Returns: how many frames of the module's were not sent at most.
  mutating func connectionEnded() -> Int { outbox.removeAll() }

  /// Adds one of the bus's own frames.
  mutating func append<BusFrame: TypedFrame>(_ frame: BusFrame, at wallTime: UInt64, _ events: inout ClientEvents) {
    let header = FrameHeader(
      size: UInt32(frame.encodedSize), type: BusFrame.frameType.id, flags: FrameFlags().with(.high),
      timestamp: wallTime)
    do throws(CodecError) {
      try outbox.append(header) { writer throws(CodecError) in try frame.encode(into: &writer) }
    } catch {
      events.add(.badOwnFrame(type: "\(BusFrame.frameType)", error: "\(error)"))
    }
  }

  // MARK: Declarations

  /// All that are in use, for a new connection.
  var declares: [Declare] { declarations.all }

  /// The name of a type that was declared, else its id, for people.
  func title(of type: UInt16) -> String { declarations.title(of: type) }

  /// Records a use.
  ///
  /// - Returns: the DECLARE to send; nil if there is none.
  mutating func declare(_ type: FrameType, sends: Bool = false) -> Declare? {
    declarations.add(type, sends: sends)
  }

  /// Records the use of a type that is known at run time only.
  ///
  /// - Returns: the DECLARE to send; nil if there is none.
  mutating func declare(_ declare: Declare) -> Declare? { declarations.add(declare) }

  /// Listens for these types and no others.
  ///
  /// - Returns: the DECLAREs to send.
  mutating func listen(for types: [FrameType]) -> [Declare] { declarations.listen(for: types) }

  // MARK: The module's frames

  /// The number of the frame that was queued last.
  var lastSequence: UInt32 { outbox.lastSequence }

  func hasRoom(for frameBytes: Int) -> Bool { outbox.hasRoom(for: frameBytes) }

  /// The time stamp of the next frame: the present, but later than that of every frame before.
  mutating func timestamp(at wallTime: UInt64) -> UInt64 { history.timestamp(now: wallTime) }

  /// Queues a frame, or keeps it if it is one to keep and no manager takes it now.
  ///
  /// - Throws: `BusError` if it is too large or breaks its schema.
  mutating func send(
    _ header: FrameHeader, _ type: FrameType, isConnected: Bool, _ events: inout ClientEvents,
    encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(BusError) -> Fate {
    guard header.size <= payloadBytesMax else {
      throw BusError(
        .invalidFrame, "\(type) has \(header.size) bytes of payload, the manager takes \(payloadBytesMax)")
    }
    let isKept = header.isKept
    guard isConnected, !(isKept && history.hasUnsent) else {
      try keep(header, type, &events, encode: encode)
      return .kept
    }
    guard outbox.hasRoom(for: header.frameByteCount) else { return .noRoom }
    do throws(CodecError) {
      try outbox.appendNumbered(header, encode: encode)
    } catch {
      throw BusError(.invalidFrame, "\(type) was not sent: \(error)", cause: error)
    }
    if isKept { remember(outbox.lastFrame(header.frameByteCount), isSent: true, &events) }
    return .queued
  }

  /// Whether a frame needs nothing but to be queued: its type was the last one, nothing of it is kept, and there is room.
  func takesAtOnce(_ header: FrameHeader) -> Bool {
    declarations.lastSent == header.type && !header.flags.contains(.retain) && header.size <= payloadBytesMax
      && outbox.hasRoomBehind(header.frameByteCount)
  }

  /// Begins a frame that `takesAtOnce`.
  ///
  /// - Returns: where its payload goes.
  mutating func beginFrame(_ header: FrameHeader, timestamp: UInt64) -> UnsafeMutableRawBufferPointer {
    var header = header
    header.timestamp = timestamp
    return outbox.begin(header)
  }

  /// Queues the frame that was begun last.
  mutating func endFrame(_ payload: UnsafeMutableRawBufferPointer) { outbox.end(payload) }

  /// Keeps a frame that no manager takes now: it goes out when one does.
  ///
  /// - Throws: `BusError` if it breaks its schema.
  mutating func keep(
    _ header: FrameHeader, _ type: FrameType, _ events: inout ClientEvents,
    encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(BusError) {
    var failure: CodecError?
    withUnsafeTemporaryAllocation(byteCount: header.frameByteCount, alignment: 16) { frame in
      header.store(at: frame.baseAddress!)
      var writer = PayloadWriter(UnsafeMutableRawBufferPointer(rebasing: frame[FrameHeader.byteCount...]))
      do throws(CodecError) {
        try encode(&writer)
        remember(UnsafeRawBufferPointer(frame), isSent: false, &events)
      } catch {
        failure = error
      }
    }
    if let failure { throw BusError(.invalidFrame, "\(type) was not sent: \(failure)", cause: failure) }
  }

  private mutating func remember(_ frame: UnsafeRawBufferPointer, isSent: Bool, _ events: inout ClientEvents) {
    let type = FrameHeader(at: frame.baseAddress!).type
    let (forgotten, missed) = (history.forgottenFrames, history.missedFrames)
    history.keep(frame, depth: declarations.depth(of: type), isSent: isSent)
    if history.forgottenFrames > forgotten { events.add(.historyFull, once: "history full") }
    if history.missedFrames > missed { events.add(.missed(frame: title(of: type)), once: "history missed \(type)") }
  }

  // MARK: Kept frames

  /// Keeps a frame that an earlier process has sent, for the next manager.
  mutating func keepAgain(_ frame: UnsafeRawBufferPointer) {
    history.keep(frame, depth: declarations.depth(of: FrameHeader(at: frame.baseAddress!).type), isSent: true)
  }

  /// Sends again to a new manager what one before it was asked to keep, as it was and in the same order.
  mutating func sendHistory(payloadBytesMax: Int, _ events: inout ClientEvents) {
    self.payloadBytesMax = payloadBytesMax
    var tooLarge: [FrameHeader] = []
    history.sendAll { frame in
      let header = FrameHeader(at: frame.baseAddress!)
      if header.size <= payloadBytesMax { outbox.appendAsItWas(frame) } else { tooLarge.append(header) }
    }
    for header in tooLarge {
      events.add(
        .tooLarge(frame: title(of: header.type), byteCount: header.size, byteCountMax: payloadBytesMax),
        once: "too large \(header.type)")
    }
  }

  /// Sends kept frames that the manager had no room for, as far as it has now.
  mutating func sendUnsentHistory() {
    guard history.hasUnsent else { return }
    history.sendUnsent { frame in
      guard outbox.hasRoom(for: frame.count) else { return false }
      outbox.appendAsItWas(frame, without: .retained)
      return true
    }
  }

  /// Sends a frame that was encoded before, if there is room.
  mutating func sendAsItWas(_ frame: UnsafeRawBufferPointer) {
    if outbox.hasRoom(for: frame.count) { outbox.appendAsItWas(frame) }
  }
}

extension FrameHeader {
  /// Whether it is a value that its schema keeps.
  var isKept: Bool { flags.contains(.retain) && !flags.contains(.request) }
}
