import BusWire

/// The last values of one module, by type and instance.
struct RetainedFrames {
  private struct Key: Hashable {
    var type: UInt16
    var instance: UInt8
  }

  private var indexByKey: [Key: Int] = [:]
  private var frames: [[UInt8]] = []

  var byteCount: Int { frames.reduce(0) { $0 + $1.count } }

  /// Keeps a frame in place of the one before. A frame of the same size costs no allocation.
  ///
  /// - Returns: by how many bytes the store has grown; nil if it would grow beyond `growthMax` and nothing was kept.
  mutating func keep(_ frame: UnsafeRawBufferPointer, growthMax: Int) -> Int? {
    let header = FrameHeader(at: frame.baseAddress!)
    let key = Key(type: header.type, instance: header.instance)
    if let index = indexByKey[key] {
      let growth = frame.count - frames[index].count
      guard growth <= growthMax else { return nil }
      if growth == 0 {
        frames[index].withUnsafeMutableBytes { $0.copyMemory(from: frame) }
      } else {
        frames[index] = [UInt8](frame)
      }
      mark(index, header)
      return growth
    }
    guard frame.count <= growthMax else { return nil }
    indexByKey[key] = frames.count
    frames.append([UInt8](frame))
    mark(frames.count - 1, header)
    return frame.count
  }

  private mutating func mark(_ index: Int, _ header: FrameHeader) {
    frames[index][FrameHeader.Offset.flags] = header.flags.union(.retained).rawValue
  }

  /// Hands over each frame, marked as retained.
  func visit(_ body: (FrameHeader, UnsafeRawBufferPointer) -> Void) {
    for frame in frames {
      frame.withUnsafeBytes { body(FrameHeader(at: $0.baseAddress!), $0) }
    }
  }
}
