import BusWire

/// What matters of the bus's own frames that a module is owed.
extension Message {
  init(module: UInt32, state: ModuleState) {
    self.init(own: ModuleStatus.frameType, digest: UInt64(module) << 8 | UInt64(state.rawValue))
  }

  init(nobodyHears request: FrameHeader) {
    self.init(
      own: NoListener.frameType,
      digest: UInt64(request.type) << 48 | UInt64(request.instance) << 40 | UInt64(request.sequence))
  }

  private init(own type: FrameType, digest: UInt64) {
    header = FrameHeader(size: 0, type: type.id)
    self.digest = digest
    payload = []
  }

  /// The form in which a message is compared with what is due; nil for those that nobody is owed.
  var claim: Message? {
    if header.type < FrameType.firstBusID { return self }
    if let status = decode(ModuleStatus.self) { return Message(module: status.module, state: status.state) }
    guard let noListener = decode(NoListener.self) else { return nil }
    return Message(
      nobodyHears: FrameHeader(
        size: 0, type: noListener.type, instance: noListener.instance, sequence: noListener.sequence))
  }
}
