import BusClient
import CandyDispenserProtocol
import Frames

/// The requests whose last candy is not settled: what became of the others so far.
struct CandyBook {
  private struct Page {
    let count: UInt16
    var notTaken: UInt16 = 0
    var isCancelled = false
    /// Why the last one failed.
    var failure: CandyFailure?
    var outcome: CandyOutcome

    var settled: UInt16 { outcome.failed + outcome.taken + notTaken }
  }

  private var pages: [UInt32: Page] = [:]

  /// Opens a page for a request that was accepted.
  mutating func open(_ request: UInt32, count: UInt16) {
    pages[request] = Page(count: count, outcome: CandyOutcome(request: request, outcome: .done, text: ""))
  }

  /// Remembers that a request was cancelled.
  mutating func cancel(_ request: UInt32) { pages[request]?.isCancelled = true }

  /// Enters what happened to a candy.
  ///
  /// - Returns: the outcome of its request, if it was the last one to be settled.
  mutating func enter(_ event: CandyEvent) -> CandyOutcome? {
    switch event {
    case .dispensed(let candy): pages[candy.request]?.outcome.dispensed += 1
    case .taken(let candy):
      pages[candy.request]?.outcome.taken += 1
      return close(candy.request)
    case .notTaken(let candy, _):
      pages[candy.request]?.notTaken += 1
      return close(candy.request)
    case .failed(let candy, let failure):
      pages[candy.request]?.outcome.failed += 1
      pages[candy.request]?.failure = failure
      if failure.mayHaveFallen { pages[candy.request]?.outcome.mayHaveFallen = true }
      return close(candy.request)
    default: break
    }
    return nil
  }

  private mutating func close(_ request: UInt32) -> CandyOutcome? {
    guard let page = pages[request], page.settled >= page.count else { return nil }
    pages[request] = nil
    var outcome = page.outcome
    outcome.text = "\(outcome.dispensed) of \(page.count) fell, \(outcome.taken) taken"
    if let failure = page.failure {
      outcome.outcome = failure == .notSent(.cancel) && page.isCancelled ? .cancelled : .failed
      outcome.text += "; \(failure)"
    }
    return outcome
  }
}
