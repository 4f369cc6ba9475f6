import BusClient
import BusSystem

/// Shows frames as they arrive, decoded by the schema of their sender.
struct FramePrinter {
  let format: FrameFormat
  let console: Console
  /// How far local time is ahead of UTC, in seconds.
  let offsetSeconds: Int

  init(_ format: FrameFormat, _ console: Console) {
    self.format = format
    self.console = console
    offsetSeconds = Clock.localOffsetSeconds(at: Clock.wall)
  }

  func print(_ frame: Frame, _ view: BusView) throws(ToolError) {
    let report = FrameReport(frame, view)
    let text =
      switch format {
      case .text: line(of: report)
      case .json: report.json.line + "\n"
      case .raw: rawText(of: report)
      }
    try console.print(text)
  }

  private func line(of report: FrameReport) -> String {
    var words = start(of: report)
    switch report.content {
    case .fields(let values, let fields):
      words += zip(values, fields).map { value, field in
        console.styled("\(field.name)=", .faint) + ValueText.text(value, field)
      }
    case .nothing: break
    case .unknown: words.append("no schema is known; payload 0x\(report.payloadDigits)")
    case .invalid(let reason):
      words.append(console.styled("does not fit its schema: \(Printable.text(reason))", .error))
      words.append("payload 0x\(report.payloadDigits)")
    }
    return words.joined(separator: " ") + "\n"
  }

  private func rawText(of report: FrameReport) -> String {
    let header = report.frame.header
    let facts = [
      "type=\(header.type)", "flags=0x\(Hex.text([header.flags.rawValue]))", "instance=\(header.instance)",
      "source=\(header.source)", "sequence=\(header.sequence)", "size=\(header.size)",
    ]
    return (start(of: report) + facts).joined(separator: " ") + "\n" + HexDump.text(report.frame.payload)
  }

  private func start(of report: FrameReport) -> [String] {
    let frame = report.frame
    var words = [
      console.styled(TimeOfDay.text(frame.timestamp, offsetSeconds: offsetSeconds), .faint),
      console.styled(report.sender, .sender), console.styled(report.name ?? "\(frame.type)", .frame),
    ]
    if frame.instance != 0 { words.append(console.styled("(instance \(frame.instance))", .mark)) }
    for mark in report.marks { words.append(console.styled("(\(mark))", .mark)) }
    return words
  }
}

/// How frames are shown.
enum FrameFormat: Equatable {
  /// A line with the decoded fields.
  case text
  /// A JSON object on a line.
  case json
  /// A line with the header, and the bytes of the payload.
  case raw
}

/// A time stamp as `14:03:59.120`.
enum TimeOfDay {
  /// - Parameters:
  ///   - timestamp: nanoseconds since the Unix epoch.
  ///   - offsetSeconds: how far the time to show is ahead of UTC.
  static func text(_ timestamp: UInt64, offsetSeconds: Int) -> String {
    let seconds = (Int(timestamp / 1_000_000_000) + offsetSeconds) % 86_400
    let ofDay = (seconds + 86_400) % 86_400
    let milliseconds = Int(timestamp / 1_000_000 % 1000)
    return padded(ofDay / 3600, 2) + ":" + padded(ofDay / 60 % 60, 2) + ":" + padded(ofDay % 60, 2) + "."
      + padded(milliseconds, 3)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
