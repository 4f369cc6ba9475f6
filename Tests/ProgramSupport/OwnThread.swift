import Foundation
import Testing

extension Trait where Self == OwnThreadTrait {
  /// Runs each test on a thread that may wait.
  ///
  /// Tests of real programs wait most of their time. On the threads of Swift's concurrency, of which there is one per
  /// processor, they would keep each other waiting.
  static var ownThread: Self { OwnThreadTrait() }
}

struct OwnThreadTrait: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    try await withTaskExecutorPreference(WaitingThreads.shared) { try await function() }
  }
}

/// A few threads for tests that wait.
private final class WaitingThreads: TaskExecutor {
  static let shared = WaitingThreads()
  /// More would have the programs under test starve each other.
  private static let threadsMax = 6

  private let threads = {
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = threadsMax
    return queue
  }()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    threads.addOperation { job.runSynchronously(on: executor) }
  }
}
