import EvominBridgeSimulator
import Testing

@testable import evomin_bridge

@Suite("A line with the speed of a real one")
struct PacedBytesTests {
  @Test("hands out ten bits in their time, however late it is asked")
  func pace() {
    var line = PacedBytes(baud: 10_000)
    line.append([1, 2, 3], at: 5_000_000)
    #expect(line.take(at: 5_999_999) == [] && line.deadline == 6_000_000)
    #expect(line.take(at: 6_000_000) == [1] && line.deadline == 7_000_000)
    #expect(line.take(at: 9_500_000) == [2, 3] && line.deadline == nil)
    line.append([4], at: 7_200_000)
    #expect(line.deadline == 9_000_000, "it was busy until then")
    #expect(line.take(at: 9_000_000) == [4])
    line.append([5], at: 20_000_000)
    #expect(line.deadline == 21_000_000)
    line.removeAll()
    #expect(line.take(at: 30_000_000) == [])
  }

  @Test("a device on a slow line takes no more while much is under way to it, and some again in time")
  func room() {
    var device = PluggedDevice(EvominSimulator(firmware: .robust, seed: 1), baud: 10_000)
    device.receive([UInt8](repeating: 0, count: 4095), at: .zero)
    #expect(device.hasRoom)
    device.receive([0], at: .zero)
    #expect(!device.hasRoom)
    while let event = device.nextLineEvent(at: .milliseconds(1)) { #expect(event != .unplugged) }
    #expect(device.hasRoom, "the first has arrived")
  }

  @Test("without a speed everything is there at once")
  func atOnce() {
    var line = PacedBytes(baud: nil)
    line.append([1, 2], at: 5)
    #expect(line.deadline == 5 && line.take(at: 5) == [1, 2])
  }
}
