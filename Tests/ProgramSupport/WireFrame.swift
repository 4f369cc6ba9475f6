import BusWire

/// A frame as bytes: what a raw client sends and reads.
struct WireFrame: Equatable {
  var header: FrameHeader
  var payload: [UInt8]

  /// A frame of a module; `priority` normal, no flags.
  init(
    _ type: UInt16, _ payload: [UInt8] = [], flags: FrameFlags = FrameFlags().with(.normal), instance: UInt8 = 0,
    sequence: UInt32 = 0
  ) {
    header = FrameHeader(
      size: UInt32(payload.count), type: type, flags: flags, instance: instance, sequence: sequence, timestamp: 7)
    self.payload = payload
  }

  init(header: FrameHeader, payload: [UInt8]) {
    self.header = header
    self.payload = payload
  }

  /// One of the declared frames.
  init<Frame: TypedFrame>(_ frame: Frame, flags: FrameFlags = FrameFlags().with(.high)) throws {
    self.init(Frame.frameType.id, try frame.payload(), flags: flags)
  }

  /// A frame that carries a number, for tests that look at order and loss.
  init(_ type: UInt16, number: UInt32, flags: FrameFlags = FrameFlags().with(.normal), instance: UInt8 = 0) {
    self.init(type, withUnsafeBytes(of: number.littleEndian, Array.init), flags: flags, instance: instance)
  }

  /// The request for a type.
  static func request(_ type: UInt16, instance: UInt8 = 0, sequence: UInt32 = 0) -> WireFrame {
    WireFrame(type, flags: FrameFlags.request.with(.normal), instance: instance, sequence: sequence)
  }

  var number: UInt32 { payload.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) } }

  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    return bytes + payload
  }
}
