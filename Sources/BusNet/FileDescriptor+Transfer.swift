import Glibc

extension FileDescriptor {
  /// Whether a read would not wait: there is something, the end, or an error.
  public var isReadable: Bool { isReady(writing: false) }

  /// Whether a write of a little would not wait.
  public var isWritable: Bool { isReady(writing: true) }

  private func isReady(writing: Bool) -> Bool {
    var wait = DescriptorWait()
    let index = wait.add(self, writing: writing, reading: !writing)
    wait.wait(until: 0)
    return wait.isReady(index)
  }

  /// Reads what is there, waiting only if nothing is; a descriptor that `DescriptorWait` found ready never waits.
  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    let count = Glibc.read(rawValue, buffer.baseAddress, buffer.count)
    if count > 0 { return .bytes(count) }
    if count == 0 { return .endOfStream }
    let error = SystemError.last("read")
    return error.code == EAGAIN || error.code == EINTR ? .wouldBlock : .failed(error)
  }

  /// Writes what goes without waiting. The descriptor must be one that never waits.
  public func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    let count = Glibc.write(rawValue, bytes.baseAddress, bytes.count)
    if count > 0 { return .bytes(count) }
    if count == 0 { return .wouldBlock }
    let error = SystemError.last("write")
    return error.code == EAGAIN || error.code == EINTR ? .wouldBlock : .failed(error)
  }
}
