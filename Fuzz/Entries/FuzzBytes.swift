import BusWire

/// Frames that a well-behaved end sends.
enum FuzzBytes {
  static func frame<Frame: TypedFrame>(_ frame: Frame) -> [UInt8] {
    guard let payload = try? frame.payload() else { preconditionFailure("\(frame) breaks its own schema") }
    return self.frame(Frame.frameType.id, payload)
  }

  static func frame(_ type: UInt16, _ payload: [UInt8], flags: FrameFlags = FrameFlags().with(.normal)) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    let header = FrameHeader(size: UInt32(payload.count), type: type, flags: flags)
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    return bytes + payload
  }

  static func hello(_ name: String) -> [UInt8] {
    frame(
      Hello(
        version: WireProtocol.version, instance: 0, observer: false, pid: 1, name: name, client: "fuzz",
        clientVersion: "1"))
  }

  static let welcome = frame(
    Welcome(
      version: WireProtocol.version, module: 1, bus: "fuzz", managerVersion: "1", payloadBytesMax: 4 << 20,
      queueBytesMax: 1 << 20))

  static func listen(_ types: UInt16...) -> [UInt8] {
    frame(
      Listen(
        entries: types.map {
          ListenEntry(type: $0, instance: 0, anyInstance: true, values: true, requests: true)
        }))
  }
}
