import BusWire

@testable import BusManagerCore

/// One end of a connection to the broker under test.
final class BrokerClient {
  let id: SessionID
  let harness: BrokerHarness
  private var unread: [UInt8] = []
  /// The time stamp of the frame that it sent last.
  private(set) var timestamp: UInt64 = 0

  init(id: SessionID, harness: BrokerHarness) {
    self.id = id
    self.harness = harness
  }

  /// Module id that the broker gave.
  var source: UInt32 { harness.broker.counters(of: id)?.module ?? 0 }
  var isWaiting: Bool { harness.waiting.contains(id) }
  var isFinished: Bool { harness.finished.contains(id) }

  /// Sends a frame of the bus's own or of a schema.
  func send<Frame: TypedFrame>(_ frame: Frame, flags: FrameFlags = FrameFlags().with(.normal)) throws {
    send(type: Frame.frameType.id, payload: try frame.payload(), flags: flags)
  }

  func send(
    type: UInt16, payload: [UInt8] = [], flags: FrameFlags = FrameFlags().with(.normal), instance: UInt8 = 0,
    sequence: UInt32 = 0, timestamp: UInt64? = nil
  ) {
    self.timestamp = timestamp ?? self.timestamp + 1
    send(
      bytes: Self.frame(
        type: type, payload: payload, flags: flags, instance: instance, sequence: sequence,
        timestamp: self.timestamp))
  }

  func send(bytes: [UInt8]) { harness.feed(bytes, to: id) }

  static func frame(
    type: UInt16, payload: [UInt8] = [], flags: FrameFlags = FrameFlags().with(.normal), instance: UInt8 = 0,
    sequence: UInt32 = 0, timestamp: UInt64 = 5
  ) -> [UInt8] {
    let header = FrameHeader(
      size: UInt32(payload.count), type: type, flags: flags, instance: instance, source: 0xDEAD_BEEF,
      sequence: sequence, timestamp: timestamp)
    var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    return bytes + payload
  }

  /// Listens for values and requests of types, of every instance.
  func listen(_ types: UInt16..., values: Bool = true, requests: Bool = true) throws {
    try send(
      Listen(
        entries: types.map {
          ListenEntry(type: $0, instance: 0, anyInstance: true, values: values, requests: requests)
        }))
  }

  /// The whole frames that wait for this client.
  func read(bytesMax: Int = .max) -> [ReceivedFrame] {
    unread += harness.take(from: id, bytesMax: bytesMax)
    var frames: [ReceivedFrame] = []
    var offset = 0
    while unread.count - offset >= FrameHeader.byteCount {
      let header = unread.withUnsafeBytes { FrameHeader(at: $0.baseAddress! + offset) }
      let end = offset + header.frameByteCount
      guard unread.count >= end else { break }
      frames.append(ReceivedFrame(header: header, payload: Array(unread[(offset + FrameHeader.byteCount)..<end])))
      offset = end
    }
    unread.removeFirst(offset)
    return frames
  }

  /// The GOODBYE that waits for this client; nil if there is none.
  func readGoodbye() throws -> Goodbye? {
    try read().first { $0.header.type == Goodbye.frameType.id }.map { try Goodbye(payload: $0.payload) }
  }

  func close() { harness.broker.close(id) }

  /// Its socket takes nothing more until it reads again.
  func block() { harness.broker.blocked(id) }

  /// All frames of one type that wait for this client, decoded.
  func readAll<Frame: TypedFrame>(_ type: Frame.Type) throws -> [Frame] {
    try read().compactMap { try $0.decode(Frame.self) }
  }
}

/// A frame as a client reads it.
struct ReceivedFrame: Equatable {
  var header: FrameHeader
  var payload: [UInt8]

  /// The payload as a frame of a schema; nil for another type.
  func decode<Frame: TypedFrame>(_ type: Frame.Type) throws -> Frame? {
    header.type == Frame.frameType.id ? try Frame(payload: payload) : nil
  }
}
