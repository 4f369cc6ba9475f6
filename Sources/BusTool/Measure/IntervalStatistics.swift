/// Mean, spread and limits of intervals, of which none is kept.
struct IntervalStatistics: Equatable {
  private(set) var count: UInt64 = 0
  private(set) var mean = 0.0
  private(set) var min = Double.infinity
  private(set) var max = 0.0
  /// The sum of the squared distances from the mean; Welford's way, which stays exact where sums of squares do not.
  private var squares = 0.0

  /// - Parameter interval: in seconds.
  mutating func add(_ interval: Double) {
    count += 1
    let distance = interval - mean
    mean += distance / Double(count)
    squares += distance * (interval - mean)
    min = Swift.min(min, interval)
    max = Swift.max(max, interval)
  }

  /// Takes in others, as if they had been added one by one.
  mutating func merge(_ other: IntervalStatistics) {
    guard other.count > 0 else { return }
    let (here, there) = (Double(count), Double(other.count))
    let distance = other.mean - mean
    mean += distance * there / (here + there)
    squares += other.squares + distance * distance * here * there / (here + there)
    count += other.count
    min = Swift.min(min, other.min)
    max = Swift.max(max, other.max)
  }

  var sum: Double { mean * Double(count) }

  var standardDeviation: Double { count > 0 ? (squares / Double(count)).squareRoot() : 0 }
}
