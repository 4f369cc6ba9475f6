import BusWire
import JSONValue

/// A line of JSON that says what to send.
struct PipeMessage: Equatable {
  /// The name or id of a frame.
  let frame: String
  let isRequest: Bool
  let fields: [JSON.Member]
  let instance: UInt8?
  let priority: Priority?
  /// Whether the manager is to keep it; nil leaves that to the schema.
  let retain: Bool?

  private static let known = ["frame", "fields", "request", "instance", "priority", "retain"]
  /// What else is in the lines that this tool writes: they may be sent on as they are.
  private static let ignored = ["timestamp", "sender", "source", "id", "retained"]

  /// - Throws: `ValueError` that names the member.
  init(_ json: JSON) throws(ValueError) {
    guard case .object(let members) = json else {
      throw ValueError(#"it is no object such as {"frame":"TEMPERATURE","fields":{"id":1}}"#)
    }
    if let unknown = members.first(where: { !Self.known.contains($0.name) && !Self.ignored.contains($0.name) }) {
      throw ValueError("there is no member '\(unknown.name)'; there are \(Self.known.joined(separator: ", "))")
    }
    let all = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
    switch (all["frame"], all["request"]) {
    case (.text(let name)?, nil), (.text(let name)?, .bool(false)?): (frame, isRequest) = (name, false)
    case (.text(let name)?, .bool(true)?), (nil, .text(let name)?): (frame, isRequest) = (name, true)
    case (nil, nil): throw ValueError("it has neither 'frame' nor 'request'")
    default: throw ValueError("'frame' takes the name of a frame, or 'request' does")
    }
    switch all["fields"] {
    case nil: fields = []
    case .object(let members)?: fields = members
    default: throw ValueError("'fields' takes an object")
    }
    if isRequest, !fields.isEmpty { throw ValueError("a request has no fields") }
    instance = try all["instance"].map { json throws(ValueError) in
      guard case .number(let digits) = json, let instance = UInt8(digits) else {
        throw ValueError("'instance' takes a number from 0 to 255")
      }
      return instance
    }
    priority = try all["priority"].map { json throws(ValueError) in
      guard case .text(let text) = json, let priority = Priority(text: text) else {
        throw ValueError("'priority' takes \"high\", \"normal\", \"low\" or \"data_stream\"")
      }
      return priority
    }
    if isRequest, all["retain"] != nil { throw ValueError("a request is not kept") }
    retain = try all["retain"].map { json throws(ValueError) in
      guard case .bool(let retain) = json else { throw ValueError("'retain' takes true or false") }
      return retain
    }
  }
}
