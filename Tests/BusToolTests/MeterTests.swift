import BusWire
import TestSupport
import Testing

@testable import framebus

@Suite("Measuring rates")
struct MeterTests {
  private static let second: UInt64 = 1_000_000_000

  @Test("mean, spread and limits come out the same, whole or in parts")
  func statistics() {
    var random = SeededRandom(seed: 7)
    let intervals = (0..<1000).map { _ in Double.random(in: 0.01...0.03, using: &random) }
    var whole = IntervalStatistics()
    for interval in intervals { whole.add(interval) }
    var parts = IntervalStatistics()
    for start in stride(from: 0, to: 1000, by: 100) {
      var part = IntervalStatistics()
      for interval in intervals[start..<(start + 100)] { part.add(interval) }
      parts.merge(part)
    }
    parts.merge(IntervalStatistics())
    let mean = intervals.reduce(0, +) / 1000
    let variance = intervals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1000
    for statistics in [whole, parts] {
      #expect(statistics.count == 1000 && abs(statistics.mean - mean) < 1e-12)
      #expect(abs(statistics.standardDeviation - variance.squareRoot()) < 1e-12)
      #expect(statistics.min == intervals.min() && statistics.max == intervals.max())
    }
  }

  @Test("rate, jitter and bandwidth are those of the time stamps")
  func rate() throws {
    var meter = FrameMeter(windowSeconds: 5)
    // 8 and 12 ms in turn, though they all arrive at once.
    for index in 0..<101 {
      let timestamp = UInt64(index / 2 * 20 + index % 2 * 8) * 1_000_000
      meter.add(timestamp: timestamp, byteCount: 50, now: Self.second)
    }
    let measured = meter.measurement(at: Self.second + 1000)
    #expect(measured.frames == 101 && measured.lost == 0)
    #expect(abs(try #require(measured.rate) - 100) < 1e-6)
    #expect(abs(try #require(measured.bytesPerSecond) - 5000) < 1e-3)
    let intervals = try #require(measured.intervals)
    #expect(abs(intervals.standardDeviation - 0.002) < 1e-9)
    #expect(abs(intervals.min - 0.008) < 1e-9 && abs(intervals.max - 0.012) < 1e-9)
  }

  @Test("frames that were lost on the way here count for the rate, but tell no jitter")
  func lost() throws {
    var meter = FrameMeter(windowSeconds: 5)
    for index in [0, 1, 2, 7, 8, 9, 10] {
      meter.add(timestamp: UInt64(index) * 10_000_000, byteCount: 30, now: Self.second)
    }
    meter.lose(4)
    let measured = meter.measurement(at: Self.second)
    #expect(abs(try #require(measured.rate) - 100) < 1e-6)
    #expect(measured.lost == 4 && measured.intervals == nil)
  }

  @Test("the window moves on, and silence is a rate of zero")
  func window() {
    var meter = FrameMeter(windowSeconds: 2)
    meter.add(timestamp: 5 * Self.second, byteCount: 30, now: Self.second)
    #expect(meter.measurement(at: Self.second).rate == nil)
    meter.add(timestamp: 5 * Self.second + 100_000_000, byteCount: 30, now: Self.second)
    // The clock was set back: no interval.
    meter.add(timestamp: Self.second, byteCount: 30, now: Self.second)
    #expect(meter.measurement(at: Self.second).intervals?.count == 1)
    meter.beginSecond()
    #expect(meter.measurement(at: 3 * Self.second).rate == 0)
    meter.beginSecond()
    let empty = meter.measurement(at: 4 * Self.second)
    #expect(empty.frames == 0 && empty.rate == nil && empty.age == 3)
  }

  @Test("kinds and senders are told apart, last values are not counted")
  func board() {
    var board = MeterBoard(windowSeconds: 5)
    let header = FrameHeader(size: 6, type: 4, instance: 1, source: 9)
    board.add(header, now: 0)
    var request = header
    request.flags = .request
    board.add(request, now: 0)
    var kept = header
    kept.flags = .retained
    board.add(kept, now: 0)
    var other = header
    other.source = 3
    board.add(other, now: 0)
    board.add(Lost(type: 4, instance: 1, source: 3, count: 5, reason: .queueFull))
    board.add(Lost(type: 0, instance: 0, source: 0, count: 2, reason: .queueFull))
    let rows = board.measurements(at: 0)
    #expect(rows.map(\.key.source) == [3, 9, 9] && rows.map(\.key.isRequest) == [false, false, true])
    #expect(rows.map(\.value.frames) == [1, 1, 1] && rows.map(\.value.lost) == [5, 0, 0])
    #expect(board.lost == 7)
    board.beginSecond(now: 61 * Self.second)
    #expect(board.measurements(at: 61 * Self.second).isEmpty)
  }

  @Test("a sender that makes up kinds is measured for a few thousand of them; the other frames are counted")
  func manyKinds() {
    var board = MeterBoard(windowSeconds: 5)
    for index in 0..<5000 {
      board.add(FrameHeader(size: 0, type: UInt16(1 + index / 256), instance: UInt8(index % 256), source: 3), now: 0)
    }
    board.add(FrameHeader(size: 0, type: 1, instance: 0, source: 3), now: 0)
    #expect(board.measurements(at: 0).count == MeterBoard.kindsMax)
    #expect(board.unmeasured == 5000 - 4096 && board.measurements(at: 0).first?.value.frames == 2)
    let console = Console(write: { _ in }, warn: { _ in }, interruption: { .standardInput })
    let text = RateReport(board: board, view: BusView(), now: 0).text(console)
    #expect(text.contains("904 frames of other kinds were not measured"))
    board.beginSecond(now: 61 * Self.second)
    board.add(FrameHeader(size: 0, type: 9000, source: 3), now: 61 * Self.second)
    #expect(board.measurements(at: 61 * Self.second).count == 1 && board.unmeasured == 904)
  }
}
