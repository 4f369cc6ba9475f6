import BusWire

extension Broker {
  /// Looks at the header of a frame that is not for modules, before its payload is waited for.
  ///
  /// - Returns: false if the session is cut for it.
  mutating func checkControl(_ size: Int, _ word: RouteWord, of id: SessionID) -> Bool {
    if word.type == 0 {
      refuse(id, .malformed, "frame id 0 means all frames and cannot be sent")
    } else if word.type < FrameType.firstBusID {
      refuse(
        id, .malformed,
        "a frame of type \(word.type) has flags that a client may not set: bit 7, or bit 1 without bit 6")
    } else if size > busPayloadBytesMax(word.type) {
      refuse(
        id, .tooLarge,
        "a bus frame of type \(word.type) announces \(size) bytes of payload, the limit is \(busPayloadBytesMax(word.type))"
      )
    } else {
      return true
    }
    return false
  }

  /// Only a DECLARE may be so large that it has to be gathered.
  private func busPayloadBytesMax(_ type: UInt16) -> Int {
    type == Declare.frameType.id
      ? ManagerLimits.busPayloadBytesMax : Self.largeFrameBytes - FrameHeader.byteCount
  }

  /// Handles one of the bus's own frames.
  mutating func control(_ frame: UnsafeRawBufferPointer, from id: SessionID) {
    let header = FrameHeader(at: frame.baseAddress!)
    let payload = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: frame[FrameHeader.byteCount...]))
    do throws(CodecError) {
      switch header.type {
      case Declare.frameType.id: declare(try Declare(payload: payload), from: id)
      case Listen.frameType.id: listen(ListenSet(try Listen(payload: payload).entries), from: id)
      case Ping.frameType.id: enqueue(Pong(token: try Ping(payload: payload).token), to: id)
      case Pong.frameType.id:
        _ = try Pong(payload: payload)
        answered(id)
      case Goodbye.frameType.id: goodbye(try Goodbye(payload: payload), from: id)
      case Schema.frameType.id where header.flags.contains(.request): sendSchemas(to: id)
      case BusStatus.frameType.id where header.flags.contains(.request): sendStatus(to: id)
      case Hello.frameType.id: refuse(id, .malformed, "HELLO came a second time")
      default: refuse(id, .notAllowed, "clients may not send bus frames of type \(header.type)")
      }
    } catch {
      refuse(id, .malformed, "bus frame of type \(header.type): \(error)")
    }
    if sessions[id].state == .live { waitForOwnAnswers(id) }
  }

  private mutating func listen(_ listens: ListenSet, from id: SessionID) {
    guard let before = modules[id]?.listens, before != listens else { return }
    modules[id]?.listens = listens
    routes.invalidate()
    if listens.acceptsNewly(type: ModuleStatus.frameType.id, than: before) { introduceModules(to: id) }
    beginReplay(to: id, newerThan: before)
  }
}
