import BusManagerCore
import BusWire
import FuzzKit

/// A broker and what a host does around it; everything that it sends is checked.
final class FuzzManager {
  private var broker: Broker
  private var time: UInt64 = 1_000_000_000
  private var waiting: Set<SessionID> = []
  private var ended: Set<SessionID> = []
  private var unread: [SessionID: [UInt8]] = [:]

  init() {
    var limits = ManagerLimits()
    limits.payloadBytesMax = 128 << 10
    limits.queueBytesMax = 4096
    limits.queuesBytesMax = 512 << 10
    limits.retainedBytesMax = 4096
    limits.declarationsMax = 8
    broker = Broker(limits: limits, busName: "fuzz", version: "1")
    broker.setTime(monotonic: time, wall: time)
  }

  func connect() -> SessionID? {
    guard let id = broker.open() else { return nil }
    // A slot that was free may have had another owner.
    ended.remove(id)
    waiting.remove(id)
    unread[id] = nil
    return id
  }

  /// Whether a session may send.
  func isOpen(_ id: SessionID) -> Bool { !waiting.contains(id) && !ended.contains(id) }

  func feed(_ bytes: ArraySlice<UInt8>, to id: SessionID) {
    var rest = bytes
    while !rest.isEmpty, isOpen(id) {
      let buffer = broker.inputBuffer(for: id)
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      note(broker.read(count, from: id), id)
    }
  }

  private func note(_ state: Broker.InputState, _ id: SessionID) {
    if state == .waiting { waiting.insert(id) } else { waiting.remove(id) }
  }

  /// Takes what waits for a client, at most so many bytes.
  ///
  /// - Returns: the types of the whole frames that were read.
  /// - Throws: `FuzzFinding` if they are none that a manager sends.
  func read(_ id: SessionID, bytesMax: Int = .max) throws(FuzzFinding) -> [UInt16] {
    guard !ended.contains(id) else { return [] }
    var bytes = unread[id] ?? []
    var count = 0
    broker.forEachPiece(of: id) { piece in
      let part = piece.prefix(bytesMax - count)
      bytes += part
      count += part.count
      return count < bytesMax
    }
    switch broker.sent(count, to: id) {
    case .finished: broker.finished(id)
    case .pending: broker.blocked(id)
    case .drained: break
    }
    goOn()
    let (types, used) = try Self.check(bytes)
    unread[id] = Array(bytes.dropFirst(used))
    return types
  }

  private static func check(_ bytes: [UInt8]) throws(FuzzFinding) -> ([UInt16], used: Int) {
    var types: [UInt16] = []
    var used = 0
    while bytes.count - used >= FrameHeader.byteCount {
      let header = bytes.withUnsafeBytes { FrameHeader(at: $0.baseAddress! + used) }
      try require(header.type != 0 && header.size <= 4 << 20, "a frame of type \(header.type), \(header.size) bytes")
      try require((header.source != 0) == (header.type < FrameType.firstBusID), "source \(header.source)")
      guard bytes.count - used >= header.frameByteCount else { break }
      types.append(header.type)
      used += header.frameByteCount
    }
    return (types, used)
  }

  func close(_ id: SessionID) {
    guard ended.insert(id).inserted else { return }
    broker.close(id)
    goOn()
  }

  /// Lets time pass.
  func advance(milliseconds: UInt64) {
    time += milliseconds * 1_000_000
    broker.setTime(monotonic: time, wall: time)
    broker.tick()
    goOn()
    while let id = broker.nextEnded() { close(id) }
    _ = broker.takeEvents()
  }

  private func goOn() {
    while let id = broker.nextResumable() {
      if !ended.contains(id) { note(broker.resume(id), id) }
    }
  }
}
