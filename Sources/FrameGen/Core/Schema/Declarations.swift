import BusSchema
import YAMLText

/// Everything that a schema declares, as it is written in its files.
struct Declarations {
  var enums: [EnumDeclaration] = []
  var structs: [StructDeclaration] = []
  var frames: [FrameDeclaration] = []

  var isEmpty: Bool { enums.isEmpty && structs.isEmpty && frames.isEmpty }

  /// Appends what another file declares.
  mutating func append(_ other: Declarations) {
    enums += other.enums
    structs += other.structs
    frames += other.frames
  }
}

/// An entry under `enums:`.
struct EnumDeclaration {
  struct Value {
    let name: Located<String>
    let number: Located<Int128>
    let doc: String?
  }

  let name: Located<String>
  /// nil if the schema leaves it out.
  let type: Located<String>?
  let doc: String?
  let values: [Value]
}

/// An entry under `structs:`.
struct StructDeclaration {
  let name: Located<String>
  let doc: String?
  let fields: [FieldDeclaration]
}

/// An entry under `frames:`.
struct FrameDeclaration {
  let name: Located<String>
  /// nil if it is missing or no number, which has been reported.
  let id: Located<Int128>?
  let doc: String?
  let priority: FramePriority
  /// How many last values are kept; 0 for none.
  let retain: Int
  /// What comes of it, if it is a command that is a job.
  let job: JobDeclaration?
  let fields: [FieldDeclaration]
}

/// What stands behind `job:`, as names of frames.
struct JobDeclaration {
  /// nil if it is missing, which has been reported.
  let outcome: Located<String>?
  let accepted: Located<String>?
  let cancel: Located<String>?
  let progress: [Located<String>]
}

/// The priorities of the bus by their names in a schema.
enum FramePriority: String, CaseIterable {
  case high, normal, low
  case dataStream = "data_stream"
}

/// A field of a frame or struct.
struct FieldDeclaration {
  let name: Located<String>
  /// nil if it is missing or malformed, which has been reported.
  var type: Located<TypeExpression>?
  var doc: String?
  var unit: Located<String>?
  var scale: Located<Number>?
  /// In the field's unit, as `max` and a number in `defaultLiteral`.
  var min: Located<Number>?
  var max: Located<Number>?
  var defaultLiteral: Located<DefaultLiteral>?

  /// The scale; 1 for none, and for one that is reported as wrong.
  var fraction: ScaleFraction {
    let value = scale?.value.real ?? 1
    return ScaleFraction(value > 0 ? value : 1)
  }
}

/// What stands behind `default:`.
enum DefaultLiteral: Equatable {
  case scalar(String, isPlain: Bool)
  case emptyList
}
