import Glibc

extension FileDescriptor {
  /// Reads a file whole.
  ///
  /// - Parameter bytesMax: of a longer file one byte more than that is read, by which it is known.
  /// - Throws: `SystemError` if it cannot be opened or read.
  public static func contents(of path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
    let raw = open(path, O_RDONLY | O_CLOEXEC)
    guard raw >= 0 else { throw .last("open \(path)") }
    let file = FileDescriptor(rawValue: raw)
    defer { file.close() }
    var bytes = [UInt8]()
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count <= bytesMax {
      switch chunk.withUnsafeMutableBytes({ file.read(into: $0) }) {
      case .bytes(let count): bytes += chunk[..<min(count, bytesMax + 1 - bytes.count)]
      case .endOfStream: return bytes
      case .wouldBlock: continue
      case .failed(let error): throw SystemError(code: error.code, call: "read \(path)")
      }
    }
    return bytes
  }
}
