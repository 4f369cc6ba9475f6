import CSys
import Glibc

/// Turns signals that would end the process into something that can be waited for and read.
package struct SignalReader: ~Copyable, Sendable {
  /// A signal by which a person or the service manager asks the process to end.
  package enum Signal: Int32, Sendable {
    case hangup = 1
    case interrupt = 2
    case quit = 3
    case terminate = 15
  }

  private let owned: OwnedDescriptor

  /// Blocks signals for the calling thread and those it starts, and ignores SIGPIPE.
  ///
  /// Call it first in `main`, before another thread exists.
  ///
  /// - Parameter signals: those that are read from then on, and do nothing else.
  package init(_ signals: [Signal] = [.interrupt, .quit, .terminate]) throws(SystemError) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal.rawValue) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
    let raw = signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
    guard raw >= 0 else { throw .last("signalfd") }
    owned = OwnedDescriptor(owning: raw)
  }

  /// Becomes readable when a signal came.
  package var descriptor: FileDescriptor { owned.descriptor }

  /// The descriptor alone, for a program that only has to know that a signal came, until it ends.
  package consuming func leftOpen() -> FileDescriptor { owned.leftOpen() }

  /// The next signal; nil if none came.
  package func next() -> Signal? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    guard read(descriptor.rawValue, &info, size) == size else { return nil }
    return Signal(rawValue: Int32(info.ssi_signo))
  }
}
