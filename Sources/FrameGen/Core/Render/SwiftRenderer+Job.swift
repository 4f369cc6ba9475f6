import BusSchema

extension SwiftRenderer {
  func protocolName(of part: JobPart?) -> String {
    switch part {
    case nil: "TypedFrame"
    case .outcome: "JobOutcomeFrame"
    case .other: "JobFrame"
    }
  }

  /// What makes a command a job.
  func render(_ job: JobModel, of type: String, into out: inout SourceWriter) {
    out.line()
    out.block("nonisolated extension \(type): JobCommand") { out in
      document(["The frame that ends the job."], into: &out)
      out.line("public typealias Outcome = \(SwiftName.type(job.outcome.name))")
      out.line()
      document(["The ids of the frames that belong to the job."], into: &out)
      out.block("public static var job: JobFrames") { out in
        let accepted = job.accepted.map { ", accepted: \($0.id)" } ?? ""
        let cancel = job.cancel.map { ", cancel: \($0.id)" } ?? ""
        let progress =
          job.progress.isEmpty ? "" : ", progress: [\(job.progress.map { "\($0.id)" }.joined(separator: ", "))]"
        out.line("JobFrames(outcome: \(job.outcome.id)\(accepted)\(cancel)\(progress))")
      }
      out.line()
      document(["The frame that says that the command was accepted; nil if there is none."], into: &out)
      out.line("public static var acceptedType: FrameType? { \(frameType(job.accepted)) }")
      out.line()
      document(["The frame that ends the job early; nil if it cannot be ended."], into: &out)
      out.line("public static var cancelType: FrameType? { \(frameType(job.cancel)) }")
    }
  }

  private func frameType(_ frame: JobModel.Frame?) -> String {
    frame.map { "FrameType.\(SwiftName.escaped(SwiftName.member($0.name)))" } ?? "nil"
  }

  /// The initializer of an outcome that says no more than every outcome does; without other fields it is there already.
  func renderOutcomeInitializer(_ fields: [FieldList.Field], into out: inout SourceWriter) {
    let others = fields.dropFirst(3)
    if others.isEmpty { return }
    out.line()
    document(["An outcome that says no more than this; all other fields have their defaults."], into: &out)
    out.line("@inlinable")
    out.block("public init(request: UInt32, outcome: JobOutcome, text: String)") { out in
      let values = others.compactMap { field in
        field.swiftDefault.map { ", \(SwiftName.label(SwiftName.field(field.name))): \($0)" }
      }.joined()
      out.line("self.init(request: request, outcome: outcome, text: text\(values))")
    }
  }
}
