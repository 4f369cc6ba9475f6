import BusClient
import BusSystem

/// A sender or a receiver built on the SDK, as a process of its own: `bus-bench send|receive ADDRESS SECONDS`.
///
/// The sender sends for that time, as fast as the receiver takes it. The receiver says when it listens, and ends when
/// nothing has come for that time. Both print what they counted as JSON.
@main
enum BusBench {
  static func main() {
    let arguments = CommandLine.arguments
    do {
      guard arguments.count == 4, let seconds = Double(arguments[3]) else { throw Usage() }
      var configuration = BusConfiguration(name: "bench-\(arguments[1])")
      configuration.address = try BusAddress(arguments[2])
      let bus = try Bus(configuration)
      defer { bus.stop() }
      try bus.connect(timeout: .milliseconds(5000))
      switch arguments[1] {
      case "send": try send(bus, nanoseconds: UInt64(seconds * 1e9))
      case "receive": try receive(bus, quietMilliseconds: Int(seconds * 1000))
      default: throw Usage()
      }
    } catch {
      FileDescriptor.standardError.write("bus-bench: \(error)\n")
      Process.exit(1)
    }
  }

  private struct Usage: Error, CustomStringConvertible {
    let description = "usage: bus-bench send|receive ADDRESS SECONDS"
  }

  /// How many samples are sent before the sender looks at the clock and at what has come.
  private static let samplesPerTurn = 256
  /// The receiver says how many it has taken whenever it has taken this many more.
  private static let samplesPerReport = 2048
  /// More samples are never under way; they fit into the receiver's queue.
  private static let window = 8192

  private static func send(_ bus: Bus, nanoseconds: UInt64) throws {
    bus.listen(for: .benchTaken)
    var sample = BenchSample(time: 0, values: .init([1, 2, 3, 4, 5, 6]))
    var sent = 0
    var taken = 0
    let end = Clock.monotonic + nanoseconds
    while true {
      sample.time = Clock.monotonic
      guard sample.time < end else { break }
      while bus.hasData {
        if let report = try bus.getData().decode(BenchTaken.self) { taken = Int(report.count) }
      }
      if sent - taken > window - samplesPerTurn {
        _ = bus.waitForData(timeout: .milliseconds(100))
        continue
      }
      for _ in 0..<samplesPerTurn { try bus.send(sample) }
      sent += samplesPerTurn
    }
    try bus.barrier(timeout: .milliseconds(5000))
    write("{\"sent\": \(sent)}")
  }

  private static func receive(_ bus: Bus, quietMilliseconds: Int) throws {
    bus.listen(for: .benchSample)
    try bus.barrier(timeout: .milliseconds(5000))
    write("{\"ready\": true}")
    while !bus.waitForData(timeout: .milliseconds(1000)) {}
    var count = 0
    var checksum: Float = 0
    let first = Clock.monotonic
    var last = first
    while bus.waitForData(timeout: .milliseconds(quietMilliseconds)) {
      while bus.hasData {
        guard let sample = try bus.getData().decode(BenchSample.self) else { continue }
        checksum += sample.values[5]
        count += 1
        if count % samplesPerReport == 0 { try bus.send(BenchTaken(count: UInt64(count)), priority: .high) }
      }
      last = Clock.monotonic
    }
    // The checksum keeps the decoded values in use.
    write(
      "{\"received\": \(count), \"seconds\": \(Double(last - first) / 1e9), \"lost\": \(bus.lostFrames), "
        + "\"checksum\": \(checksum)}")
  }

  private static func write(_ line: String) {
    FileDescriptor.standardOutput.write(line + "\n")
  }
}
