import BusWire

/// The last values that this client asked the manager to keep, for the next connection.
struct RetainedSends {
  private struct Key: Hashable {
    var type: UInt16
    var instance: UInt8
  }

  private var indexByKey: [Key: Int] = [:]
  /// Header and payload of each, in the order in which they were first sent.
  private(set) var frames: [[UInt8]] = []

  /// Keeps a frame in place of the one before. A frame of the same size costs no allocation.
  mutating func keep(_ frame: UnsafeRawBufferPointer) {
    let header = FrameHeader(at: frame.baseAddress!)
    let key = Key(type: header.type, instance: header.instance)
    guard let index = indexByKey[key] else {
      indexByKey[key] = frames.count
      frames.append([UInt8](frame))
      return
    }
    if frames[index].count == frame.count {
      frames[index].withUnsafeMutableBytes { $0.copyMemory(from: frame) }
    } else {
      frames[index] = [UInt8](frame)
    }
  }
}
