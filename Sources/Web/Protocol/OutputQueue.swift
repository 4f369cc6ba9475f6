/// Bytes that wait until the client takes them.
struct OutputQueue {
  private var bytes: [UInt8] = []
  private var sentCount = 0
  /// Where the bytes end that were put into an empty queue, however many they were.
  private var firstEnd = 0

  var isEmpty: Bool { sentCount == bytes.count }
  /// What is to be sent next.
  var waiting: ArraySlice<UInt8> { bytes[sentCount...] }

  /// Adds bytes that go out together.
  ///
  /// - Parameter bytesMax: how many may wait behind those that were put into the empty queue.
  /// - Returns: whether there was room.
  mutating func append(_ more: [UInt8], bytesMax: Int) -> Bool {
    if isEmpty {
      bytes = more
      sentCount = 0
      firstEnd = more.count
      return true
    }
    guard bytes.count - max(firstEnd, sentCount) + more.count <= bytesMax else { return false }
    bytes += more
    return true
  }

  /// Forgets bytes that were sent.
  mutating func removeFirst(_ count: Int) {
    sentCount += count
    if isEmpty {
      self = OutputQueue()
    } else if sentCount >= 64 << 10, sentCount > bytes.count / 2 {
      bytes.removeFirst(sentCount)
      firstEnd = max(0, firstEnd - sentCount)
      sentCount = 0
    }
  }
}
