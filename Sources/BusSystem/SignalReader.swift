import CSys
import Glibc

/// Turns signals that would end the process into something that can be waited for and read. A process has one.
///
/// They are caught, not blocked, so programs that the process starts get them as any program does.
package struct SignalReader: ~Copyable, Sendable {
  /// A signal by which a person or the service manager asks the process to end.
  package enum Signal: Int32, Sendable {
    case hangup = 1
    case interrupt = 2
    case quit = 3
    case terminate = 15
  }

  private let owned: OwnedDescriptor

  /// Catches signals, and has a write that nobody reads fail instead of ending the process. A hang-up that the process was
  /// started to ignore, as nohup(1) does, stays ignored.
  ///
  /// - Parameter signals: those that are read from then on, and do nothing else.
  package init(_ signals: [Signal] = [.hangup, .interrupt, .quit, .terminate]) throws(SystemError) {
    let caught = signals.filter { $0 != .hangup || csys_is_ignored(SIGHUP) == 0 }
    Process.surviveBrokenPipes()
    let raw = csys_catch_signals(caught.map(\.rawValue), Int32(caught.count))
    guard raw >= 0 else { throw .last("catch signals") }
    owned = OwnedDescriptor(owning: raw)
  }

  /// Becomes readable when a signal came.
  package var descriptor: FileDescriptor { owned.descriptor }

  /// The descriptor alone, for a program that only has to know that a signal came, until it ends.
  package consuming func leftOpen() -> FileDescriptor { owned.leftOpen() }

  /// The next signal; nil if none came.
  package func next() -> Signal? {
    var number: UInt8 = 0
    guard read(descriptor.rawValue, &number, 1) == 1 else { return nil }
    return Signal(rawValue: Int32(number))
  }

  /// Has a signal end the process at once, with 128 and its number as the exit code, if a person insists: when the first
  /// one came longer ago than `patience`, and the program is still doing whatever it was doing.
  ///
  /// - Parameters:
  ///   - patience: how long after the first signal the next one is that insists.
  ///   - words: what standard error is told then.
  ///   - isAsked: whether the first one has come; else it is still to come.
  package func endProcess(ifAskedAgainAfter patience: Duration, saying words: String, isAsked: Bool) {
    csys_end_at_repetition(words, Int64(clamping: Clock.nanoseconds(patience)), isAsked ? 1 : 0)
  }
}

extension Process {
  /// Has a write that nobody reads fail instead of ending the process. Programs that it starts are not touched by that.
  package static func surviveBrokenPipes() { csys_survive_broken_pipes() }
}
