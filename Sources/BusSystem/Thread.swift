import Glibc

/// A thread of the system.
package struct Thread: @unchecked Sendable {
  // Unchecked: the handle is a number that is only handed to pthread_join.
  private let handle: pthread_t

  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a thread.
  ///
  /// - Throws: `SystemError` if the system gives none.
  package init(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    var handle = pthread_t()
    let work = Unmanaged.passRetained(Work(body))
    let code = pthread_create(
      &handle, nil,
      { argument in
        Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      throw SystemError(code: code, call: "pthread_create")
    }
    self.handle = handle
  }

  /// Lets the thread end by itself. Call either this or `join`, once.
  package func detach() {
    pthread_detach(handle)
  }

  /// Waits until the thread has ended. Call either this or `detach`, once.
  package func join() {
    pthread_join(handle, nil)
  }
}
