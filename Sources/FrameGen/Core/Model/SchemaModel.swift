import BusSchema

/// A checked schema: what the renderer needs to know.
struct SchemaModel {
  let enums: [EnumModel]
  let structs: [StructModel]
  let frames: [FrameModel]
}

/// An open set of named numbers.
struct EnumModel {
  let doc: String?
  /// The integers that carry it on the wire.
  let carrier: NumberType
  /// Its name and its values.
  let enumeration: FieldList.Enumeration
}

/// A group of fields that is sent inline.
struct StructModel {
  let name: String
  let doc: String?
  let fields: [FieldList.Field]
}

/// A frame of the bus.
struct FrameModel {
  let name: String
  let id: UInt16
  let doc: String?
  let priority: FramePriority
  /// How many last values are kept; 0 for none.
  let retain: Int
  /// What comes of it, if it is a command that is a job.
  let job: JobModel?
  /// What it is in the jobs of others.
  let part: JobPart?
  let fields: [FieldList.Field]

  /// The canonical field list.
  var fieldList: String { FieldList.text(of: fields) }
}

/// The frames of a job.
struct JobModel {
  struct Frame {
    let name: String
    let id: UInt16
  }

  let outcome: Frame
  let accepted: Frame?
  let cancel: Frame?
  let progress: [Frame]

  /// The form that travels (docs/PROTOCOL.md, "Jobs").
  var text: String {
    var parts = ["outcome=\(outcome.id)"]
    if let accepted { parts.append("accepted=\(accepted.id)") }
    if let cancel { parts.append("cancel=\(cancel.id)") }
    if !progress.isEmpty { parts.append("progress=" + progress.map { "\($0.id)" }.joined(separator: ",")) }
    return parts.joined(separator: " ")
  }
}

/// What a frame is in a job.
enum JobPart {
  case outcome
  /// Acceptance, progress or cancel.
  case other
}
