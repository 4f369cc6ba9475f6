import BusWire
import ProgramKit

extension Bus {
  /// Sends a frame to everyone who listens for its type.
  ///
  /// Frames are gathered and go out together at the end of a turn, before any wait, and at once if their priority is
  /// high.
  ///
  /// - Parameters:
  ///   - priority: the schema's by default.
  ///   - instance: this module's own by default.
  /// A frame that its schema keeps (`retain`) may be sent without a manager, or with one that takes nothing: it goes out
  /// when one does. Only if more come meanwhile than are kept, the oldest are missed, and the log says so.
  ///
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
    if type.name.utf8CodeUnitCount > 0 { declare(type, sends: true) }
    let usual = (type.retain > 0 ? FrameFlags.retain : []).with(type.priority)
    let header = FrameHeader(
      size: UInt32(clamping: payload.count), type: type.id, flags: flags ?? usual,
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
    let reason = lastFailure?.message ?? "the first attempt comes after init; send from process() on"
    return BusError(.notConnected, "not connected to a manager: \(reason)", cause: lastFailure)
  }

  private func send(
    _ header: FrameHeader, _ type: FrameType, timestamp: UInt64? = nil,
    encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(BusError) {
    let isKept = header.flags.contains(.retain) && !header.flags.contains(.request)
    guard isConnected || (isKept && state != .stopped) else { throw notConnected }
    guard header.size <= payloadBytesMax else {
      throw BusError(
        .invalidFrame,
        "\(type) has \(header.size) bytes of payload, the manager takes \(payloadBytesMax)")
    }
    var header = header
    header.timestamp = timestamp ?? nextTimestamp()
    guard isConnected, !(isKept && history.hasUnsent) else { return try keep(header, type, encode: encode) }
    if !outbox.hasRoom(for: header.frameByteCount) {
      do throws(BusError) {
        try makeRoom(header.frameByteCount)
      } catch  where isKept && error.code != .stopped {
        return try keep(header, type, encode: encode)
      }
    }
    header.sequence = sequence
    do throws(CodecError) {
      try outbox.append(header, encode: encode)
    } catch {
      throw BusError(.invalidFrame, "\(type) was not sent: \(error)", cause: error)
    }
    if isKept { remember(outbox.lastFrame(header.frameByteCount), type: header.type, isSent: true) }
    sequence &+= 1
    unsentFrames += 1
    if header.flags.priority == .high { flushNow() }
  }

  private func remember(_ frame: UnsafeRawBufferPointer, type: UInt16, isSent: Bool) {
    let (forgotten, missed) = (history.forgottenFrames, history.missedFrames)
    history.keep(frame, depth: declarations.depth(of: type), isSent: isSent)
    if history.forgottenFrames > forgotten, reported.insert("history full") {
      log(
        .warning, "history_full",
        [
          "module": configuration.name, "bytes_max": "\(History.bytesMax)",
          "meaning": "the oldest kept frames do not reach the next manager; keep fewer or smaller ones",
        ])
    }
    if history.missedFrames > missed, reported.insert("history missed \(type)") {
      log(
        .warning, "not_sent",
        [
          "module": configuration.name, "frame": declarations.title(of: type),
          "reason": "no manager took them, and more came than are kept",
        ])
    }
  }

  /// Keeps a frame that no manager takes now: it goes out when one does.
  private func keep(
    _ header: FrameHeader, _ type: FrameType, encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(BusError) {
    var failure: CodecError?
    withUnsafeTemporaryAllocation(byteCount: header.frameByteCount, alignment: 16) { frame in
      header.store(at: frame.baseAddress!)
      var writer = PayloadWriter(UnsafeMutableRawBufferPointer(rebasing: frame[FrameHeader.byteCount...]))
      do throws(CodecError) {
        try encode(&writer)
        remember(UnsafeRawBufferPointer(frame), type: header.type, isSent: false)
      } catch {
        failure = error
      }
    }
    if let failure { throw BusError(.invalidFrame, "\(type) was not sent: \(failure)", cause: failure) }
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

  /// Sends kept frames that the manager had no room for.
  func sendUnsentHistory() {
    guard isConnected, history.hasUnsent else { return }
    history.sendUnsent { frame in
      guard outbox.hasRoom(for: frame.count) else { return false }
      sendAsItWas(frame, without: .retained)
      return true
    }
  }

  /// Sends again to a new manager what one before it was asked to keep, as it was and in the same order.
  func sendHistoryAgain() {
    history.sendAll { frame in
      let header = FrameHeader(at: frame.baseAddress!)
      if header.size <= payloadBytesMax { sendAsItWas(frame) } else { logTooLarge(header) }
    }
  }

  /// Adds a frame that was encoded before; only its place among the frames of this connection is new.
  func sendAsItWas(_ frame: UnsafeRawBufferPointer, without flags: FrameFlags = []) {
    var header = FrameHeader(at: frame.baseAddress!)
    header.flags.subtract(flags)
    header.sequence = sequence
    sequence &+= 1
    unsentFrames += 1
    // What was encoded once fits.
    try? outbox.append(header) { writer throws(CodecError) in
      writer.append(bytes: UnsafeRawBufferPointer(rebasing: frame[FrameHeader.byteCount...]))
    }
  }

  private func logTooLarge(_ header: FrameHeader) {
    guard reported.insert("too large \(header.type)") else { return }
    log(
      .warning, "not_sent_again",
      [
        "module": configuration.name, "frame": declarations.title(of: header.type),
        "meaning": "it has \(header.size) bytes, this manager takes \(payloadBytesMax)",
        "next": "raise the manager's --max-payload",
      ])
  }
}
