import BusClient
import BusSystem

/// Where a command writes to, and how it learns that it should end.
struct Console {
  /// Whether a person reads the output in a terminal that may have colours.
  var isTerminal = false
  /// The columns of that terminal; nil if lines may have any length, as in a file or a pipe.
  var width: Int?
  /// What a command reads that takes part for a script.
  var input = FileDescriptor.standardInput
  /// Where `write` ends, if that can make it wait.
  var output: FileDescriptor?
  /// Writes to standard output.
  let write: (String) throws(SystemError) -> Void
  /// Writes to standard error.
  let warn: (String) -> Void
  /// What `interruptible()` does.
  let interruption: () throws(SystemError) -> FileDescriptor

  /// Writes text as it is, at once.
  ///
  /// - Throws: `ToolError`: quietly if nobody reads any more, with the cause if it cannot be written.
  func print(_ text: String) throws(ToolError) {
    do throws(SystemError) {
      try write(text)
    } catch  where error.code == SystemError.brokenPipe {
      throw .outputClosed
    } catch {
      throw ToolError("cannot write: \(error.reason)")
    }
  }

  /// Whether a little text can be written without waiting.
  var isOutputReady: Bool {
    output?.isWritable ?? true
  }

  /// Begins to catch the signals that end the tool; the descriptor is readable when one came.
  func interruptible() throws(ToolError) -> FileDescriptor {
    do throws(SystemError) {
      return try interruption()
    } catch {
      throw ToolError("\(error)")
    }
  }

  /// Reports something beside the output, on a line of its own.
  func report(_ text: String) {
    warn("framebus: \(Printable.text(text))\n")
  }

  /// Text in a style, where that is seen.
  func styled(_ text: String, _ style: Style) -> String {
    isTerminal ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  enum Style: String {
    case heading = "1"
    case faint = "2"
    case error = "31"
    case sender = "32"
    case mark = "33"
    case frame = "36"
  }
}
