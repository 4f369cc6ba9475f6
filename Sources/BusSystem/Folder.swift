import Glibc

/// A folder of the file system, for a program that writes files of its own making.
package struct Folder: Sendable {
  /// Its path, with all of its links followed if it was found.
  package let path: String

  package init(path: String) { self.path = path }

  /// An existing folder, by its whole path.
  ///
  /// - Throws: `SystemError` if there is none.
  package init(existing path: String) throws(SystemError) {
    guard let whole = realpath(path, nil) else { throw .last("open \(path)") }
    defer { free(whole) }
    self.path = String(cString: whole)
    _ = try names
  }

  /// Where the running program lies; nil where the system does not say.
  package static var ofProgram: Folder? {
    guard let whole = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(whole) }
    return Folder(path: String(cString: whole)).parent
  }

  /// The folder that it lies in; nil at the root.
  package var parent: Folder? {
    guard let slash = path.lastIndex(of: "/"), path != "/" else { return nil }
    return Folder(path: slash == path.startIndex ? "/" : String(path[..<slash]))
  }

  /// The last part of its path.
  package var name: String { String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]) }

  /// What lies in it.
  ///
  /// - Throws: `SystemError` if it is not there, is none, or may not be read.
  package var names: [String] {
    get throws(SystemError) {
      guard let stream = opendir(path) else { throw .last("open \(path)") }
      defer { closedir(stream) }
      var names: [String] = []
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
      }
      return names
    }
  }

  /// Whether there is a file or a folder of this name in it.
  package func has(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

  /// Writes new files, and the folders that they lie in. If one cannot be written nothing of it is left.
  ///
  /// - Parameter files: their paths below this folder and their contents.
  /// - Throws: `SystemError`, also for a file that is there already.
  package func write(_ files: [(path: String, bytes: [UInt8])]) throws(SystemError) {
    var made: [String] = []
    do throws(SystemError) {
      try makeFolders(to: path, &made)
      for file in files {
        let whole = "\(path)/\(file.path)"
        try makeFolders(to: String(whole[..<(whole.lastIndex(of: "/") ?? whole.endIndex)]), &made)
        try Self.write(file.bytes, to: whole, &made)
      }
    } catch {
      for path in made.reversed() { remove(path) }
      throw error
    }
  }

  private func makeFolders(to path: String, _ made: inout [String]) throws(SystemError) {
    guard !path.isEmpty, access(path, F_OK) != 0 else { return }
    if let parent = Folder(path: path).parent { try makeFolders(to: parent.path, &made) }
    guard mkdir(path, 0o777) == 0 else { throw .last("make \(path)") }
    made.append(path)
  }

  private static func write(_ bytes: [UInt8], to path: String, _ made: inout [String]) throws(SystemError) {
    let raw = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard raw >= 0 else { throw .last("write \(path)") }
    let owned = OwnedDescriptor(owning: raw)
    let file = owned.descriptor
    made.append(path)
    var start = 0
    while start < bytes.count {
      switch bytes[start...].withUnsafeBytes({ file.write($0) }) {
      case .bytes(let count): start += count
      case .wouldBlock, .endOfStream: break
      case .failed(let error): throw SystemError(code: error.code, call: "write \(path)")
      }
    }
  }
}
