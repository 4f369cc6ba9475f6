import BusClient
import JSONValue

/// All that can be said about a frame, in no format yet.
struct FrameReport {
  enum Content {
    case fields([DynamicValue], [FieldList.Field])
    /// A request without a payload.
    case nothing
    /// Nobody has declared its schema.
    case unknown
    /// It does not fit its schema, or the schema is malformed.
    case invalid(String)
  }

  let frame: Frame
  let sender: String
  /// The frame's name; nil if nobody has declared it.
  let name: String?
  let content: Content

  init(_ frame: Frame, _ view: BusView) {
    self.frame = frame
    sender = view.moduleName(frame.source)
    let declaration = view.declaration(of: frame.header.type, from: frame.source)
    name = declaration?.name
    content = Self.content(of: frame, declaration)
  }

  private static func content(of frame: Frame, _ declaration: Declaration?) -> Content {
    if frame.isRequest, frame.header.size == 0 { return .nothing }
    guard let declaration else { return .unknown }
    do throws(FieldList.ParseError) {
      let fields = try declaration.fields.get()
      do throws(CodecError) {
        let values = try frame.withPayload { bytes throws(CodecError) in
          try DynamicValue.decode(bytes, as: fields)
        }
        return .fields(values, fields)
      } catch {
        return .invalid(error.description)
      }
    } catch {
      return .invalid(error.description)
    }
  }

  /// What the flags say beside the priority.
  var marks: [String] {
    let flags = frame.header.flags
    let known: [(FrameFlags, String)] = [
      (.request, "request"), (.retained, "retained"), (.replayed, "replayed"), (.bridged, "bridged"),
    ]
    return known.filter { flags.contains($0.0) }.map(\.1)
  }

  /// The payload for a line, cut short if it is long.
  var payloadDigits: String {
    let payload = frame.payload
    let more = payload.count > ValueText.elementsMax ? "… \(payload.count) bytes in all" : ""
    return Hex.text(payload.prefix(ValueText.elementsMax)) + more
  }

  var json: JSON {
    var members: [JSON.Member] = [
      .init("timestamp", .integer(frame.timestamp)), .init("sender", .text(sender)),
      .init("source", .integer(frame.source)), .init("frame", name.map { .text($0) } ?? .null),
      .init("id", .integer(frame.header.type)),
      .init("instance", .integer(frame.instance)), .init("priority", .text(frame.priority.text)),
      .init("request", .bool(frame.isRequest)), .init("retained", .bool(frame.isRetained)),
    ]
    switch content {
    case .fields(let values, let fields): members.append(.init("fields", ValueJSON.object(values, fields)))
    case .nothing: members.append(.init("fields", .object([])))
    case .unknown: members += [.init("fields", .null), payloadMember]
    case .invalid(let reason): members += [.init("fields", .null), .init("error", .text(reason)), payloadMember]
    }
    return .object(members)
  }

  private var payloadMember: JSON.Member { .init("payload", .text("0x" + Hex.text(frame.payload))) }
}
