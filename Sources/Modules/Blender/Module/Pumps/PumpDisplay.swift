import BlenderProtocol
import BusClient

/// Shows simulated pumps to a person: in a terminal as one line that is drawn again and again, else as a line for each
/// change. What nobody reads is left out; it never waits.
struct PumpDisplay {
  /// How often the line is drawn while a pump is on.
  private static let period = Duration.milliseconds(200)

  private let output: FileDescriptor
  private let isTerminal: Bool
  private var onSince = [Duration?](repeating: nil, count: Pump.count)
  private var lastRuns = [Duration?](repeating: nil, count: Pump.count)
  private var shown = ""
  private var nextDrawing = Duration.zero

  /// - Parameter output: where it is shown.
  init(on output: FileDescriptor = .standardOutput) {
    self.output = output
    isTerminal = output.isTerminal
  }

  /// When `draw` is due; nil while nothing changes.
  var deadline: Duration? { isTerminal && onSince.contains { $0 != nil } ? nextDrawing : nil }

  /// A pump was switched.
  mutating func turned(_ pump: Pump, isOn: Bool, at now: Duration) {
    let since = onSince[pump.index]
    onSince[pump.index] = isOn ? since ?? now : nil
    nextDrawing = now
    if !isOn { lastRuns[pump.index] = since.map { now - $0 } }
    guard !isTerminal else { return }
    if isOn {
      write("pump=\(pump) on\n")
    } else if let since {
      write("pump=\(pump) off after \(Self.seconds(now - since)) s\n")
    }
  }

  /// Draws the line, if this is a terminal and it is another one now.
  mutating func draw(at now: Duration) {
    guard isTerminal, now >= nextDrawing else { return }
    nextDrawing = now + Self.period
    let line = Self.line(onSince.map { $0.map { now - $0 } }, lastRuns)
    guard line != shown else { return }
    shown = line
    write("\r\u{1B}[2K\(line)")
  }

  /// Leaves the line as it is, and what is written next begins below it.
  mutating func end() {
    if !shown.isEmpty { write("\n") }
    shown = ""
  }

  /// Such as `○0  ●1 2.4 s  ○2 10.0 s`: which pumps are on, how long they have been, and how long the others were.
  static func line(_ running: [Duration?], _ before: [Duration?]) -> String {
    zip(running, before).enumerated().map { index, times in
      "\(times.0 == nil ? "○" : "●")\(index)" + ((times.0 ?? times.1).map { " \(seconds($0)) s" } ?? "")
    }.joined(separator: "  ")
  }

  /// With one digit behind the point.
  static func seconds(_ time: Duration) -> String {
    let tenths = Int64((time / .milliseconds(100)).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private func write(_ text: String) { if output.isWritable { output.write(text) } }
}
