import Glibc

/// The few things that the tool does with files.
enum File {
  /// The bytes of a file, of which hardly more than `bytesMax` are read.
  static func read(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(path, "cannot be opened") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= bytesMax {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      if count > 0 { bytes += chunk[..<count] } else if errno != EINTR { throw .system(path, "cannot be read") }
    }
    return bytes
  }

  /// Gives a file this content. A file that has it already is left alone, and so is the old one on failure.
  static func update(_ path: String, with text: String) throws(FileError) {
    let content = Array(text.utf8)
    if access(path, F_OK) == 0, let old = try? read(path, bytesMax: content.count), old == content { return }
    let temporary = "\(path).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system(path, "cannot be written") }
    do throws(FileError) {
      defer { close(descriptor) }
      try write(content, to: descriptor, path: path)
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let failure = FileError.system(path, "cannot be replaced")
      unlink(temporary)
      throw failure
    }
  }

  static func writeToStandardOutput(_ text: String) throws(FileError) {
    try write(Array(text.utf8), to: STDOUT_FILENO, path: "standard output")
  }

  static func writeToStandardError(_ text: String) {
    try? write(Array(text.utf8), to: STDERR_FILENO, path: "standard error")
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { throw .system(path, "cannot be written") }
    }
  }
}

/// Why a file cannot be read or written.
struct FileError: Error {
  let path: String
  /// What the system said, such as `cannot be opened: No such file or directory`.
  let problem: String

  /// The error that the system gave for the last call.
  fileprivate static func system(_ path: String, _ problem: String) -> FileError {
    let code = errno
    return FileError(path: path, problem: "\(problem): \(String(cString: strerror(code)))")
  }
}
