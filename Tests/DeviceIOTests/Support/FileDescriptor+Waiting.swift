import BusSystem
import Testing

extension FileDescriptor {
  /// Far longer than anything here takes.
  private static var deadline: UInt64 { Clock.monotonic + 60_000_000_000 }

  /// Waits until it can be read, or is at its end.
  func waitUntilReadable(_ location: SourceLocation = #_sourceLocation) {
    var wait = DescriptorWait()
    let index = wait.add(self)
    wait.wait(until: Self.deadline)
    #expect(wait.isReady(index), sourceLocation: location)
  }

  /// Waits until so many bytes have come.
  func readBytes(_ count: Int, _ location: SourceLocation = #_sourceLocation) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let piece = readSome(count - bytes.count, location)
      if piece.isEmpty { break }
      bytes += piece
    }
    return bytes
  }

  /// Waits until something has come.
  func readSome(_ countMax: Int = 65_536, _ location: SourceLocation = #_sourceLocation) -> [UInt8] {
    waitUntilReadable(location)
    var piece = [UInt8](repeating: 0, count: countMax)
    guard case .bytes(let count) = piece.withUnsafeMutableBytes({ read(into: $0) }) else { return [] }
    return Array(piece[..<count])
  }

  /// What a read of one byte comes to now.
  func readOnce() -> Transfer {
    var byte: UInt8 = 0
    return withUnsafeMutableBytes(of: &byte) { read(into: $0) }
  }

  /// Writes as much as goes without waiting, and says how much that is.
  @discardableResult
  func writeBytes(_ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBytes { all in
      var count = 0
      while count < all.count, case .bytes(let more) = write(UnsafeRawBufferPointer(rebasing: all[count...])) {
        count += more
      }
      return count
    }
  }
}
