import Synchronization

/// Finds out what the name of a host means, on a thread of its own: who is asked for it may take long to answer, or never
/// do. The thread of a lookup that is given up ends when the system's own patience does.
package struct HostLookup: ~Copyable, Sendable {
  /// Says the addresses of a host and port; it may take long.
  package typealias Resolver = @Sendable (_ host: String, _ port: UInt16) throws(SystemError) -> [SocketAddress]

  private final class Answer: Sendable {
    let value = Mutex<Result<[SocketAddress], SystemError>?>(nil)
    let wakeup: Wakeup

    init() throws(SystemError) { wakeup = try Wakeup() }
  }

  private let answer: Answer

  /// Begins to ask.
  ///
  /// - Throws: `SystemError` only if the system gives no thread or descriptor.
  init(host: String, port: UInt16, resolver: @escaping Resolver) throws(SystemError) {
    let answer = try Answer()
    let thread = try Thread {
      let value = Result { () throws(SystemError) in try resolver(host, port) }
      answer.value.withLock { $0 = value }
      answer.wakeup.signal()
    }
    thread.detach()
    self.answer = answer
  }

  /// Readable once the answer is there.
  var descriptor: FileDescriptor { answer.wakeup.descriptor }

  /// The addresses; nil as long as there is no answer.
  ///
  /// - Throws: `SystemError` that says why there are none.
  func addresses() throws(SystemError) -> [SocketAddress]? { try answer.value.withLock { $0 }?.get() }
}
