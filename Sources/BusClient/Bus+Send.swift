import BusWire
import ProgramKit

extension Bus {
  /// Sends a frame to everyone who listens for its type.
  ///
  /// Frames are gathered and go out together at the end of a turn, before any wait, and at once if their priority is
  /// high. The time stamp of those that are gathered is that of the first of them and a nanosecond more for each, so it may
  /// be a few milliseconds old.
  ///
  /// - Parameters:
  ///   - priority: the schema's by default.
  ///   - instance: this module's own by default.
  /// A frame that its schema keeps (`retain`) may be sent without a manager, or with one that takes nothing: it goes out
  /// when one does. Only if more come meanwhile than are kept, the oldest are missed, and the log says so.
  ///
  /// - Throws: `BusError`: not connected, a value outside of its schema, or the manager takes no more for a second.
  ///   The frame was not sent then.
  @inlinable
  public func send<Payload: TypedFrame>(
    _ frame: Payload, priority: Priority? = nil, instance: UInt8? = nil
  ) throws(BusError) {
    let type = Payload.frameType
    let flags = type.valueFlags.with(priority ?? type.priority)
    // The usual way is compiled for this frame alone, where it is sent.
    guard let room = beginFrame(type.id, flags, instance, payloadBytes: frame.encodedSize) else {
      return try send(frame, flags, instance)
    }
    do throws(CodecError) {
      var writer = PayloadWriter(room)
      try frame.encode(into: &writer)
    } catch {
      throw notSent(type, error)
    }
    endFrame(room)
  }

  /// Begins a frame that goes the usual way: behind others of its type that go out together.
  ///
  /// - Returns: where its payload goes; nil if it does not go that way.
  @usableFromInline
  func beginFrame(
    _ type: UInt16, _ flags: FrameFlags, _ instance: UInt8?, payloadBytes: Int
  ) -> UnsafeMutableRawBufferPointer? {
    guard flags.priority != .high, let size = UInt32(exactly: payloadBytes) else { return nil }
    let header = FrameHeader(size: size, type: type, flags: flags, instance: instance ?? ownInstance)
    return session.beginFrame(header, at: sendTime())
  }

  /// Queues the frame that was begun last.
  @usableFromInline
  func endFrame(_ payload: UnsafeMutableRawBufferPointer) { session.endFrame(payload) }

  @usableFromInline
  func notSent(_ type: FrameType, _ error: CodecError) -> BusError {
    BusError(.invalidFrame, "\(type) was not sent: \(error)", cause: error)
  }

  /// Sends a frame whatever it takes: its declaration, keeping it, waiting for room.
  @usableFromInline
  func send<Payload: TypedFrame>(
    _ frame: Payload, _ flags: FrameFlags, _ instance: UInt8?
  ) throws(BusError) {
    let type = Payload.frameType
    session.declare(type, sends: true, at: moment)
    let header = FrameHeader(
      size: UInt32(clamping: frame.encodedSize), type: type.id, flags: flags, instance: instance ?? ownInstance)
    try send(header, type) { writer throws(CodecError) in try frame.encode(into: &writer) }
  }

  /// Asks for a frame of a type; whoever has it sends it as any other.
  ///
  /// - Throws: `BusError` like `send`.
  public func request(_ type: FrameType, priority: Priority = .normal, instance: UInt8? = nil) throws(BusError) {
    session.declare(type, sends: false, at: moment)
    let header = FrameHeader(
      size: 0, type: type.id, flags: FrameFlags.request.with(priority), instance: instance ?? configuration.instance)
    try send(header, type) { _ throws(CodecError) in }
  }

  /// Sends a payload that is encoded already. Whether it fits the schema is not looked at.
  ///
  /// - Parameters:
  ///   - payload: the encoded fields.
  ///   - type: `FrameType(id:)` if its schema is known at run time only.
  ///   - flags: request mark, retain mark and priority; those of the schema by default.
  ///   - instance: this module's own by default.
  /// - Throws: `BusError` like `send`.
  public func send(
    payload: [UInt8], of type: FrameType, flags: FrameFlags? = nil, instance: UInt8? = nil
  ) throws(BusError) {
    try send(payload: payload, of: type, flags: flags, instance: instance, timestamp: nil)
  }

  /// Like the other one, with a time stamp that something else says as well.
  func send(
    payload: [UInt8], of type: FrameType, flags: FrameFlags? = nil, instance: UInt8? = nil, timestamp: UInt64?
  ) throws(BusError) {
    session.declare(type, sends: true, at: moment)
    let header = FrameHeader(
      size: UInt32(clamping: payload.count), type: type.id, flags: flags ?? type.valueFlags,
      instance: instance ?? configuration.instance)
    try send(header, type, timestamp: timestamp) { writer throws(CodecError) in
      payload.withUnsafeBytes { writer.append(bytes: $0) }
    }
  }

  /// Tells the manager the schema of a type that is known at run time only.
  ///
  /// - Parameters:
  ///   - fields: the canonical field list (docs/PROTOCOL.md, "Field lists").
  ///   - properties: how it is sent and kept, and what comes of it.
  public func declare(
    id: UInt16, name: String, fields: String, properties: FrameProperties = FrameProperties(), sends: Bool,
    listens: Bool
  ) {
    session.declare(
      Declare(
        type: id, name: name, sends: sends, listens: listens, fields: fields, properties: properties),
      at: moment)
    logEvents()
  }

  private func send(
    _ header: FrameHeader, _ type: FrameType, timestamp: UInt64? = nil,
    encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(BusError) {
    var header = header
    header.timestamp = timestamp ?? nextTimestamp()
    if case .noRoom = try session.send(header, type, encode: encode) {
      try sendWhenThereIsRoom(header, type, encode: encode)
    }
    if header.flags.priority == .high { flush() }
    logEvents()
  }

  /// How long `send` waits for room, in nanoseconds.
  private static let roomNanoseconds: UInt64 = 1_000_000_000

  private func sendWhenThereIsRoom(
    _ header: FrameHeader, _ type: FrameType, encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(BusError) {
    flush(until: monotonicTime + Self.roomNanoseconds) { !session.hasRoom(for: header.frameByteCount) }
    guard case .noRoom = try session.send(header, type, encode: encode) else { return }
    guard !header.isKept else { return try session.keep(header, type, encode: encode) }
    throw BusError(
      .backpressure,
      "the manager took nothing for a second: a receiver of these frames is full; send less, or see 'framebus list'")
  }

  // MARK: What is said about jobs

  /// Repeats something to whoever asks, as far as that goes now. It is not kept a second time.
  func repeatWord(_ word: JobLedger.Word) {
    // Whoever asked asks again if it does not go now.
    frame(word).withUnsafeBytes { session.sendAsItWas($0) }
  }

  /// Keeps what an earlier process of this module said, for this manager and the next.
  func sendAgain(_ word: JobLedger.Word, of type: FrameType) {
    session.declare(type, sends: true, at: moment)
    frame(word).withUnsafeBytes { session.keepAgain($0) }
    repeatWord(word)
  }

  private func frame(_ word: JobLedger.Word) -> [UInt8] {
    var header = FrameHeader(
      size: UInt32(clamping: word.payload.count), type: word.type, flags: FrameFlags().with(.normal),
      instance: configuration.instance, timestamp: word.isKept ? word.timestamp : nextTimestamp())
    if word.isKept { header.flags.formUnion([.retain, .retained]) }
    var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount) + word.payload
    frame.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    return frame
  }
}
