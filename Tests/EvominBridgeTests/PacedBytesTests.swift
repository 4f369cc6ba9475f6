import Testing

@testable import EvominSimulation

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

  @Test("without a speed everything is there at once")
  func atOnce() {
    var line = PacedBytes(baud: nil)
    line.append([1, 2], at: 5)
    #expect(line.deadline == 5 && line.take(at: 5) == [1, 2])
  }
}
