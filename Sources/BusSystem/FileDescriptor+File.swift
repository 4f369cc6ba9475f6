import Glibc

extension FileDescriptor {
  /// Reads a file whole. A pipe is one too, such as what a shell makes of another program's output.
  ///
  /// - Parameters:
  ///   - bytesMax: of a longer file this many bytes and one more are read.
  ///   - patience: how long the writer of a pipe may say nothing. A pipe without a writer is empty.
  /// - Throws: `SystemError` if it cannot be opened or read, with `ETIMEDOUT` if a writer says nothing.
  public static func contents(
    of path: String, bytesMax: Int, patience: Duration = .seconds(5)
  ) throws(SystemError) -> [UInt8] {
    // To open a pipe would otherwise wait for its writer, and no signal would end that.
    let raw = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard raw >= 0 else { throw .last("open \(path)") }
    let owned = OwnedDescriptor(owning: raw)
    let file = owned.descriptor
    var bytes = [UInt8]()
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count <= bytesMax {
      switch chunk.withUnsafeMutableBytes({ file.read(into: $0) }) {
      case .bytes(let count): bytes += chunk[..<min(count, bytesMax + 1 - bytes.count)]
      case .endOfStream: return bytes
      case .wouldBlock: try file.waitForWriter(patience, path)
      case .failed(let error): throw SystemError(code: error.code, call: "read \(path)")
      }
    }
    return bytes
  }

  private func waitForWriter(_ patience: Duration, _ path: String) throws(SystemError) {
    var wait = DescriptorWait()
    let index = wait.add(self)
    wait.wait(until: Clock.monotonic(after: patience))
    guard wait.isReady(index) else { throw SystemError(code: ETIMEDOUT, call: "read \(path)") }
  }
}
