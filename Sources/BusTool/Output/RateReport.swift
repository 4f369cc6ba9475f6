import BusClient
import JSONValue

/// What `framebus hz` shows each second.
struct RateReport {
  let board: MeterBoard
  let view: BusView
  /// In monotonic nanoseconds.
  let now: UInt64

  func text(_ console: Console) -> String {
    let rows = board.measurements(at: now)
    guard !rows.isEmpty else { return "Nothing has come yet.\n" }
    var table = Table(
      .left("FRAME", .clipped), .left("SENDER", .clipped), .right("RATE/s"), .right("JITTER"), .right("MIN", .omitted),
      .right("MAX", .omitted), .right("BANDWIDTH", .omitted), .right("LOST"))
    for (key, measured) in rows {
      let intervals = measured.intervals
      table.add(
        .text(title(of: key)), .text(view.moduleName(key.source)),
        .text((measured.rate.map(Compact.text) ?? "-") + (measured.lost == 0 ? "" : "*")),
        .text(intervals.map { Compact.seconds($0.standardDeviation) } ?? "-"),
        .text(intervals.map { Compact.seconds($0.min) } ?? "-"),
        .text(intervals.map { Compact.seconds($0.max) } ?? "-"),
        .text(measured.bytesPerSecond.map { Compact.bytes($0) + "/s" } ?? "-"), .text(Compact.text(measured.lost)))
    }
    return table.text(console) + footnotes(rows.map(\.value), console)
  }

  private func title(of key: MeterBoard.Key) -> String {
    let suffix = (key.instance == 0 ? "" : "/\(key.instance)") + (key.isRequest ? "?" : "")
    return (name(of: key) ?? "\(FrameType(id: key.type))") + suffix
  }

  private func name(of key: MeterBoard.Key) -> String? { view.declaration(of: key.type, from: key.source)?.name }

  private func footnotes(_ measured: [FrameMeter.Measurement], _ console: Console) -> String {
    var notes: [String] = []
    if measured.contains(where: { $0.lost > 0 }) {
      notes.append("* frames were lost on the way to this tool; the rate counts them, jitter is not known")
    }
    if board.unmeasured > 0 {
      notes.append(
        "\(board.unmeasured) frames of other kinds were not measured: more than \(MeterBoard.kindsMax) came; "
          + "name the frames that matter")
    }
    return notes.map { console.styled($0, .error) + "\n" }.joined()
  }

  /// - Parameter wall: nanoseconds since the Unix epoch.
  func json(wall: UInt64) -> JSON {
    .object([
      .init("timestamp", .integer(wall)), .init("window_seconds", .integer(board.windowSeconds)),
      .init("lost", .integer(board.lost)), .init("unmeasured", .integer(board.unmeasured)),
      .init("frames", .array(board.measurements(at: now).map { json($0.key, $0.value) })),
    ])
  }

  private func json(_ key: MeterBoard.Key, _ measured: FrameMeter.Measurement) -> JSON {
    let intervals = measured.intervals
    return .object([
      .init("frame", name(of: key).map { .text($0) } ?? .null), .init("id", .integer(key.type)),
      .init("instance", .integer(key.instance)), .init("request", .bool(key.isRequest)),
      .init("sender", .text(view.moduleName(key.source))), .init("source", .integer(key.source)),
      .init("frames", .integer(measured.frames)), .init("lost", .integer(measured.lost)),
      .init("rate", Self.number(measured.rate)), .init("bytes_per_second", Self.number(measured.bytesPerSecond)),
      .init("jitter_seconds", Self.number(intervals?.standardDeviation)),
      .init("interval_min_seconds", Self.number(intervals?.min)),
      .init("interval_max_seconds", Self.number(intervals?.max)), .init("age_seconds", Self.number(measured.age)),
    ])
  }

  private static func number(_ value: Double?) -> JSON { value.map { .number(Compact.decimals($0, 9)) } ?? .null }
}
