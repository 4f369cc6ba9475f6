import CSys
import Glibc

/// The running process.
public enum Process {
  public static var id: UInt32 { UInt32(getpid()) }

  /// Ends the process.
  public static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

  /// Lets `print` write each line at once, not only to a terminal: who reads a pipe or a journal wants to see it now.
  public static func writeLinesAtOnce() { csys_line_buffer_stdout() }

  /// A random number, for jitter and tokens.
  public static func random(below bound: UInt64) -> UInt64 { UInt64.random(in: 0..<max(1, bound)) }
}
