import BusSchema

extension SwiftRenderer {
  func render(_ model: FrameModel, into out: inout SourceWriter) {
    let type = SwiftName.type(model.name)
    let member = SwiftName.escaped(SwiftName.member(model.name))
    let paragraphs = [model.doc?.onOneLine, summary(of: model)].compactMap(\.self)
    out.line()
    document(paragraphs, into: &out)
    out.block("public nonisolated struct \(type): \(protocolName(of: model.part))") { out in
      renderMembers(model.fields, into: &out)
      out.line("@inlinable")
      out.line("public static var frameType: FrameType { FrameType.\(member) }")
      out.line()
      renderSize(model.fields, into: &out)
      out.line()
      out.line("@inlinable")
      out.block("public func encode(into writer: inout PayloadWriter) throws(CodecError)") { out in
        for field in model.fields { renderEncoding(field, of: nil, into: &out) }
      }
      out.line()
      out.line("@inlinable")
      out.block("public init(from reader: inout PayloadReader) throws(CodecError)") { out in
        for field in model.fields { renderDecoding(field, of: nil, into: &out) }
      }
      if model.part == .outcome { renderOutcomeInitializer(model.fields, into: &out) }
    }
    if let job = model.job { render(job, of: type, into: &out) }
    out.line()
    out.block("nonisolated extension FrameType") { out in
      document(paragraphs, into: &out)
      out.line("@inlinable")
      out.block("public static var \(member): FrameType") { out in renderFrameType(model, into: &out) }
    }
  }

  /// The list in which tools and tests find every frame.
  func renderList(of frames: [FrameModel], into out: inout SourceWriter) {
    guard let module, !frames.isEmpty else { return }
    out.line()
    out.block("nonisolated extension FrameType") { out in
      out.line("/// Every frame of `\(module)`, in the order of its schema.")
      out.block("public static var \(SwiftName.frameList(of: module)): [any TypedFrame.Type]") { out in
        out.line("[")
        out.indented { out in
          for frame in frames { out.line("\(SwiftName.type(frame.name)).self,") }
        }
        out.line("]")
      }
    }
  }

  private func summary(of model: FrameModel) -> String {
    let priority = model.priority == .normal ? "" : ", priority \(model.priority.rawValue)"
    let kept =
      switch model.retain {
      case 0: ""
      case 1: ", its last value is kept"
      case let depth: ", its last \(depth) values are kept"
      }
    let job = model.job.map { " A job that ends with `\($0.outcome.name)`." } ?? ""
    return "Frame `\(model.name)`, id \(model.id)\(priority)\(kept).\(job)"
  }

  private func renderFrameType(_ model: FrameModel, into out: inout SourceWriter) {
    let job = model.job.map { ", job: \($0.text.swiftLiteral)" } ?? ""
    let tail = "priority: .\(model.priority.swiftCase), retain: \(model.retain)\(job))"
    out.line("FrameType(")
    out.indented { out in
      out.line("id: \(model.id), name: \(model.name.swiftLiteral),")
      guard !model.fieldList.isEmpty else {
        out.line("fields: \"\",")
        out.line(tail)
        return
      }
      out.line("fields: \"\"\"")
      out.indented { out in
        for line in model.fieldList.split(separator: "\n", omittingEmptySubsequences: false) {
          out.line(String(line).swiftEscaped)
        }
        out.line("\"\"\",")
      }
      out.line(tail)
    }
  }
}

extension FramePriority {
  /// The case of the SDK's `Priority`.
  fileprivate var swiftCase: String { SwiftName.member(rawValue) }
}
