import BusWire
import Testing

@testable import framebus

@Suite("What happens between two looks at the counters")
struct StatusWindowTests {
  private func status(at milliseconds: UInt64, framesIn: UInt64, gas: UInt64) -> BusStatus {
    BusStatus(
      uptimeMilliseconds: milliseconds, queuedBytes: 0, queuedBytesMax: 0, retainedBytes: 0,
      modules: [
        ModuleCounters(
          module: 7, state: .slow, framesIn: framesIn, bytesIn: framesIn * 30, framesOut: 0, bytesOut: 0,
          waitingBytes: 5, waitingBytesMark: 9, heldMilliseconds: 100, lost: 3)
      ],
      types: [TypeCounters(type: 4, frames: gas, bytes: gas * 30)])
  }

  @Test("rates are differences by the manager's clock")
  func rates() {
    let window = StatusWindow(
      status(at: 1500, framesIn: 110, gas: 50), since: status(at: 1000, framesIn: 100, gas: 25))
    #expect(window.seconds == 0.5)
    #expect(window.growth(of: \.framesIn, in: 7) == 10 && window.perSecond(10) == 20)
    #expect(window.passed(of: 4) == StatusWindow.Amount(frames: 25, bytes: 750))
    #expect(window.total(of: 4).frames == 50 && window.typesSeen == [4])
    #expect(window.counters(of: 7)?.state == .slow)
  }

  @Test("who came in between began at zero, and who is gone has no numbers")
  func strangers() {
    let empty = BusStatus(
      uptimeMilliseconds: 1000, queuedBytes: 0, queuedBytesMax: 0, retainedBytes: 0, modules: [], types: [])
    let full = status(at: 2000, framesIn: 10, gas: 5)
    #expect(StatusWindow(full, since: empty).growth(of: \.framesIn, in: 7) == 10)
    let gone = StatusWindow(empty, since: full)
    #expect(gone.counters(of: 7) == nil && gone.growth(of: \.framesIn, in: 7) == 0)
  }

  @Test("one look tells no rates")
  func single() {
    let window = StatusWindow(status(at: 1000, framesIn: 10, gas: 5))
    #expect(window.seconds == nil && window.perSecond(10) == nil && window.total(of: 4).frames == 5)
  }
}
