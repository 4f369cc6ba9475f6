import CSys
import Glibc

/// The running process.
package enum Process {
  package static var id: UInt32 { UInt32(getpid()) }

  /// The name of another process, such as `minicom`; nil if there is none with this id.
  package static func name(of id: UInt32) -> String? {
    let raw = open("/proc/\(id)/comm", O_RDONLY | O_CLOEXEC)
    guard raw >= 0 else { return nil }
    defer { _ = close(raw) }
    return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
      guard case .bytes(let count) = FileDescriptor(rawValue: raw).read(into: buffer) else { return nil }
      return String(decoding: buffer[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
  }

  /// Whether it was started from a terminal that is still its own: then a hang-up means that this terminal goes.
  package static var hasTerminal: Bool {
    let raw = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard raw >= 0 else { return false }
    close(raw)
    return true
  }

  /// Becomes another program, with the same process id and open streams.
  ///
  /// - Parameter command: the program, as a path or to be looked for in `$PATH`, and its arguments.
  /// - Returns: why it cannot be; else it does not return.
  package static func become(_ command: [String]) -> SystemError {
    var arguments = command.map { strdup($0) } + [nil]
    execvp(command[0], &arguments)
    let error = SystemError.last("start \(command[0])")
    for text in arguments { free(text) }
    return error
  }

  /// The name of a user, such as `pi`; nil if this machine knows none with this id.
  package static func userName(of id: UInt32) -> String? { getpwuid(id).map { String(cString: $0.pointee.pw_name) } }

  /// Ends the process.
  package static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

  /// Makes standard input, output and error what a program may rely on. Call it first in `main`.
  ///
  /// One that is closed becomes the null device, so that no socket gets its number and what is printed. `print`
  /// writes each line at once, not only to a terminal: who reads a pipe or a journal wants to see it now.
  package static func prepareStandardStreams() {
    while true {
      let descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)
      if descriptor <= FileDescriptor.standardError.rawValue, descriptor >= 0 { continue }
      if descriptor >= 0 { close(descriptor) }
      break
    }
    csys_line_buffer_stdout()
  }

  /// Gives memory that was freed back to the system, which the allocator may otherwise keep for ever.
  package static func returnFreeMemory() { csys_return_free_memory() }

  /// A random number, for jitter and tokens.
  package static func random(below bound: UInt64) -> UInt64 { UInt64.random(in: 0..<max(1, bound)) }
}
