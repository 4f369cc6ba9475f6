import BusManagerHost
import BusSystem
import BusWire
import CAllocations
import ProgramKit
import Synchronization
import Testing

@Suite("Allocations of a running manager", .enabled(if: callocations_are_counted() == 1, "a sanitizer has malloc"))
struct AllocationTests {
  @Test("there is none for a million frames: small and large batches, one and many receivers, requests")
  func steadyState() throws {
    let folder = "/tmp/framebus-allocations-\(Process.id).sock"
    let listener = try Listener(.unix(path: folder))
    let end = try Wakeup()
    let stop = end.descriptor
    let handover = Mutex<Listener?>(listener)
    let manager = try Thread {
      do throws(SystemError) {
        var listeners = OwnedArray<Listener>()
        if let listener = handover.withLock({ $0.take() }) { listeners.append(listener) }
        var loop = try ManagerLoop(ManagerSettings(), listeners: listeners, stop: stop, log: Log(level: .error))
        callocations_watch_this_thread()
        loop.run()
      } catch {
        preconditionFailure("\(error)")
      }
    }
    let traffic = try Traffic(.unix(path: folder), receivers: 4)
    try traffic.run(frames: 200_000)
    let before = callocations_count()
    #expect(before > 0, "connecting allocates, so the count works")
    try traffic.run(frames: 1_000_000)
    // Not one for a batch of frames. A few come with time, when clients are asked whether they are there: some 10 in a minute.
    let allocations = callocations_count() - before
    #expect(allocations < 100, "\(allocations) for a million frames")
    end.signal()
    manager.join()
  }
}
