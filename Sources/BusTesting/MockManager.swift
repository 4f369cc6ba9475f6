import BusWire

/// The least of a manager that a client needs: it answers HELLO and PING, and records the rest.
final class MockManager {
  /// Bytes on their way to the client.
  var toClient: [UInt8] = []
  var sent: [SentFrame] = []
  /// What WELCOME says.
  var payloadBytesMax: UInt32 = 4 << 20
  private(set) var listenSet: [ListenEntry] = []
  private(set) var declared: [Declare] = []
  /// What requests of a type are answered with.
  var answers: [UInt16: [UInt8]] = [:]
  private var fromClient: [UInt8] = []

  /// Forgets what belonged to the connection before.
  func restart() {
    toClient = []
    fromClient = []
    listenSet = []
    declared = []
  }

  func send(_ header: FrameHeader, _ payload: [UInt8]) {
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    toClient += bytes + payload
  }

  func send<Payload: TypedFrame>(frame: Payload, payload: [UInt8]) {
    send(FrameHeader(size: UInt32(payload.count), type: Payload.frameType.id), payload)
  }

  func receive(_ bytes: UnsafeRawBufferPointer) {
    fromClient += bytes
    while fromClient.count >= FrameHeader.byteCount {
      let header = fromClient.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
      guard fromClient.count >= header.frameByteCount else { return }
      let payload = Array(fromClient[FrameHeader.byteCount..<header.frameByteCount])
      fromClient.removeFirst(header.frameByteCount)
      do throws(CodecError) {
        try handle(header, payload)
      } catch {
        preconditionFailure("the client sent a bus frame that breaks its schema: \(error)")
      }
    }
  }

  private func handle(_ header: FrameHeader, _ payload: [UInt8]) throws(CodecError) {
    switch header.type {
    case Hello.frameType.id:
      let welcome = Welcome(
        version: WireProtocol.version, module: 1, bus: "mock", managerVersion: "mock", payloadBytesMax: payloadBytesMax,
        queueBytesMax: 1 << 20)
      send(frame: welcome, payload: try welcome.payload())
    case Ping.frameType.id:
      let pong = Pong(token: try Ping(payload: payload).token)
      send(frame: pong, payload: try pong.payload())
    case Goodbye.frameType.id:
      let goodbye = Goodbye(code: .leaving, text: "goodbye")
      send(frame: goodbye, payload: try goodbye.payload())
    case Listen.frameType.id: listenSet = try Listen(payload: payload).entries
    case Declare.frameType.id: declared.append(try Declare(payload: payload))
    case ..<FrameType.firstBusID:
      let frame = SentFrame(header: header, payload: payload)
      sent.append(frame)
      if frame.isRequest { answer(header) }
    default: break
    }
  }

  /// Sends what requests of this type are answered with, if anything.
  private func answer(_ request: FrameHeader) {
    guard let payload = answers[request.type] else { return }
    let header = FrameHeader(
      size: UInt32(payload.count), type: request.type, flags: FrameFlags().with(.normal), instance: request.instance,
      source: Self.answerSource)
    send(header, payload)
  }

  /// The module id of whoever answers.
  private static let answerSource: UInt32 = 100
}
