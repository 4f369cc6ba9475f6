import BusWire
import ProgramKit

extension Bus {
  /// Sends a frame to everyone who listens for its type.
  ///
  /// Frames are gathered and go out together at the end of a turn, before any wait, and at once if their priority is
  /// high.
  ///
  /// - Parameters:
  ///   - priority: the schema's unless told otherwise.
  ///   - instance: this module's unless told otherwise.
  /// - Throws: `BusError`: not connected, a value outside of its schema, or the manager takes no more for a second.
  ///   The frame was not sent then.
  public func send<Payload: TypedFrame>(
    _ frame: Payload, priority: Priority? = nil, instance: UInt8? = nil
  ) throws(BusError) {
    let type = Payload.frameType
    declare(type, sends: true)
    let flags: FrameFlags = type.retain > 0 ? .retain : []
    let header = FrameHeader(
      size: UInt32(clamping: frame.encodedSize), type: type.id, flags: flags.with(priority ?? type.priority),
      instance: instance ?? configuration.instance)
    try send(header, type) { writer throws(CodecError) in try frame.encode(into: &writer) }
  }

  /// Asks for a frame of a type; whoever has it sends it as any other.
  ///
  /// - Throws: `BusError` like `send`.
  public func request(_ type: FrameType, priority: Priority = .normal, instance: UInt8? = nil) throws(BusError) {
    declare(type)
    let header = FrameHeader(
      size: 0, type: type.id, flags: FrameFlags.request.with(priority), instance: instance ?? configuration.instance)
    try send(header, type) { _ throws(CodecError) in }
  }

  /// Sends a payload that is encoded already. Whether it fits the schema is not looked at.
  ///
  /// - Parameters:
  ///   - payload: the encoded fields.
  ///   - type: `FrameType(id:)` if its schema is known at run time only.
  ///   - flags: request mark, retain mark and priority; those of the schema unless told otherwise.
  ///   - instance: this module's unless told otherwise.
  /// - Throws: `BusError` like `send`.
  public func send(
    payload: [UInt8], of type: FrameType, flags: FrameFlags? = nil, instance: UInt8? = nil
  ) throws(BusError) {
    if type.name.utf8CodeUnitCount > 0 { declare(type, sends: true) }
    let usual = (type.retain > 0 ? FrameFlags.retain : []).with(type.priority)
    let header = FrameHeader(
      size: UInt32(clamping: payload.count), type: type.id, flags: flags ?? usual,
      instance: instance ?? configuration.instance)
    try send(header, type) { writer throws(CodecError) in payload.withUnsafeBytes { writer.append(bytes: $0) } }
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
    let declare = declarations.add(
      id: id, name: name, fields: fields, properties: properties, sends: sends, listens: listens)
    if let declare, isOpen { append(declare) }
  }

  /// Sends what waits, as far as it goes without waiting.
  public func flush() {
    flushNow()
  }

  func declare(_ type: FrameType, sends: Bool = false, listens: Bool = false) {
    guard let declare = declarations.add(type, sends: sends, listens: listens), isOpen else { return }
    append(declare)
  }

  var notConnected: BusError {
    if state == .stopped { return BusError(.stopped, "the bus was stopped") }
    return BusError(
      .notConnected, "not connected to a manager: \(lastFailure?.message ?? "no attempt was made yet")",
      cause: lastFailure)
  }

  private func send(
    _ header: FrameHeader, _ type: FrameType, encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(BusError) {
    guard isConnected else { throw notConnected }
    guard header.size <= payloadBytesMax else {
      throw BusError(
        .invalidFrame,
        "\(type) has \(header.size) bytes of payload, the manager takes \(payloadBytesMax)")
    }
    if !outbox.hasRoom(for: header.frameByteCount) { try makeRoom(header.frameByteCount) }
    var header = header
    header.sequence = sequence
    header.timestamp = nextTimestamp()
    do throws(CodecError) {
      try outbox.append(header, encode: encode)
    } catch {
      throw BusError(.invalidFrame, "\(type) was not sent: \(error)", cause: error)
    }
    if header.flags.isDisjoint(with: .request), header.flags.contains(.retain) { keep(header) }
    sequence &+= 1
    unsentFrames += 1
    if header.flags.priority == .high { flushNow() }
  }

  /// Now, but later than every frame before: by its time stamp a frame that is kept is told from all others.
  private func nextTimestamp() -> UInt64 {
    lastTimestamp = max(link.wallTime, lastTimestamp &+ 1)
    return lastTimestamp
  }

  /// How long `send` waits for room, in nanoseconds.
  private static let roomNanoseconds: UInt64 = 1_000_000_000

  private func makeRoom(_ frameBytes: Int) throws(BusError) {
    flush(until: link.monotonicTime + Self.roomNanoseconds) { !self.outbox.hasRoom(for: frameBytes) }
    guard isConnected else { throw notConnected }
    guard outbox.hasRoom(for: frameBytes) else {
      throw BusError(
        .backpressure,
        "the manager took nothing for a second: a receiver of these frames is full; send less, or see 'framebus list'")
    }
  }

  /// Adds one of the bus's own frames, which fits its schema.
  func append<BusFrame: TypedFrame>(_ frame: BusFrame) {
    let header = FrameHeader(
      size: UInt32(frame.encodedSize), type: BusFrame.frameType.id, flags: FrameFlags().with(.high),
      timestamp: link.wallTime)
    do throws(CodecError) {
      try outbox.append(header) { writer throws(CodecError) in try frame.encode(into: &writer) }
    } catch {
      log(.error, "bad_bus_frame", ["type": "\(BusFrame.frameType)", "error": "\(error)"])
    }
  }

  // MARK: Kept frames

  private func keep(_ header: FrameHeader) {
    let isKept = retainedSends.keep(
      outbox.lastFrame(header.frameByteCount), depth: declarations.depth(of: header.type))
    guard !isKept, !isForgetting else { return }
    isForgetting = true
    log(
      .warning, "not_kept",
      [
        "module": configuration.name, "frame": declarations.title(of: header.type),
        "meaning":
          "this module asks for more to be kept than \(RetainedSends.bytesMax >> 20) MiB; the next manager does not get the oldest frames",
        "next": "keep less",
      ])
  }

  /// Sends again to a new manager what one before it was asked to keep, as it was and in the same order.
  func sendRetainedAgain() {
    var tooLarge: FrameHeader?
    retainedSends.visit { frame in
      var header = FrameHeader(at: frame.baseAddress!)
      guard header.size <= payloadBytesMax else {
        tooLarge = header
        return
      }
      header.sequence = sequence
      sequence &+= 1
      unsentFrames += 1
      // What was encoded once fits.
      try? outbox.append(header) { writer throws(CodecError) in
        writer.append(bytes: UnsafeRawBufferPointer(rebasing: frame[FrameHeader.byteCount...]))
      }
    }
    guard let tooLarge else { return }
    log(
      .warning, "not_sent_again",
      [
        "module": configuration.name, "frame": declarations.title(of: tooLarge.type),
        "meaning": "it has \(tooLarge.size) bytes, this manager takes \(payloadBytesMax)",
        "next": "raise the manager's --max-payload",
      ])
  }
}
