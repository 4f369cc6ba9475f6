import Glibc

extension FileDescriptor {
  /// Whether a read would not wait: there is something, the end, or an error.
  package var isReadable: Bool { isReady(writing: false) }

  /// Whether a write of a little would not wait.
  public var isWritable: Bool { isReady(writing: true) }

  private func isReady(writing: Bool) -> Bool {
    var wait = DescriptorWait()
    let index = wait.add(self, writing: writing, reading: !writing)
    wait.wait(until: 0)
    return wait.isReady(index)
  }

  /// Reads what is there, waiting only if nothing is; a descriptor that `DescriptorWait` found ready never waits.
  package func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    let count = Glibc.read(rawValue, buffer.baseAddress, buffer.count)
    if count > 0 { return .bytes(count) }
    if count == 0 { return .endOfStream }
    let error = SystemError.last("read")
    return error.code == EAGAIN || error.code == EINTR ? .wouldBlock : .failed(error)
  }

  /// Appends what is there to `bytes`, waiting only if nothing is.
  ///
  /// For a descriptor that `bus.isReady` names, such as standard input or a pin of the board.
  ///
  /// - Parameter bytesMax: how much is read at most, and never more than 4 KiB at a time.
  /// - Returns: false at the end of what is to be read.
  /// - Throws: `SystemError` if the other end is broken.
  public func read(into bytes: inout [UInt8], bytesMax: Int = 4096) throws(SystemError) -> Bool {
    let transfer = withUnsafeTemporaryAllocation(byteCount: min(max(bytesMax, 1), 4096), alignment: 1) { buffer in
      let transfer = read(into: buffer)
      if case .bytes(let count) = transfer { bytes += buffer[..<count] }
      return transfer
    }
    switch transfer {
    case .bytes, .wouldBlock: return true
    case .endOfStream: return false
    case .failed(let error): throw error
    }
  }

  /// Writes what goes without waiting. The descriptor must be one that never waits.
  package func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    let count = Glibc.write(rawValue, bytes.baseAddress, bytes.count)
    if count > 0 { return .bytes(count) }
    if count == 0 { return .wouldBlock }
    let error = SystemError.last("write")
    return error.code == EAGAIN || error.code == EINTR ? .wouldBlock : .failed(error)
  }
}
