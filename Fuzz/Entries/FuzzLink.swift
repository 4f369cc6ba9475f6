import BusClient
import BusSystem

/// A link whose other end says what the input says.
final class FuzzLink: Link {
  private(set) var monotonicTime: UInt64 = 1_000_000_000
  private var isOpen = false
  /// What the client reads next.
  var toClient: ArraySlice<UInt8> = []
  /// How much goes through with one read or write.
  var pieceBytes = Int.max
  var takesFrames = true
  /// What a new connection says first.
  var greeting: [UInt8] = []

  var wallTime: UInt64 { monotonicTime }

  func random(below bound: UInt64) -> UInt64 { 0 }

  func advance(milliseconds: Int) { monotonicTime += UInt64(milliseconds) * 1_000_000 }

  func open(_ address: BusAddress) throws(SystemError) {
    isOpen = true
    toClient = greeting[...]
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    let count = min(buffer.count, toClient.count, pieceBytes)
    guard count > 0 else { return isOpen ? .wouldBlock : .endOfStream }
    buffer.copyBytes(from: toClient.prefix(count))
    toClient = toClient.dropFirst(count)
    return .bytes(count)
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    guard isOpen else { return .endOfStream }
    return takesFrames ? .bytes(min(bytes.count, pieceBytes)) : .wouldBlock
  }

  func endSending() {}

  func close() {
    isOpen = false
    toClient = []
  }

  func wait(
    forBytes: Bool, forRoom: Bool, others: [WakeInterest], until deadline: UInt64
  ) -> [FileDescriptor] {
    let isReady = (forBytes && !toClient.isEmpty) || (forRoom && takesFrames)
    if !isReady { monotonicTime = max(monotonicTime, deadline) }
    return []
  }
}
