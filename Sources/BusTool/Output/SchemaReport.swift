import BusClient
import JSONValue

/// The schema of a frame and who uses it.
struct SchemaReport {
  let declaration: Declaration
  private let properties: PropertyReport
  let senders: [String]
  let listeners: [String]

  init(_ declaration: Declaration, _ view: BusView) {
    self.declaration = declaration
    properties = PropertyReport(declaration.properties, view)
    senders = view.senders(of: declaration)
    listeners = view.listeners(of: declaration)
  }

  private var fingerprint: String {
    "0x" + Hex.text((0..<8).map { UInt8(truncatingIfNeeded: declaration.fingerprint >> (56 - 8 * $0)) })
  }

  func text(_ console: Console) -> String {
    var text = console.styled(declaration.name, .frame) + "  id \(declaration.type)  fingerprint \(fingerprint)\n"
    text += "  sent by \(Self.list(senders)); received by \(Self.list(listeners))\n"
    text += "  \(properties.text)\n"
    switch declaration.fields {
    case .failure(let error):
      return text + console.styled("  malformed: \(Printable.text(error.description))", .error) + "\n"
    case .success(let fields):
      if fields.isEmpty { return text + "  no fields\n" }
      let rows = fields.flatMap { Self.rows(of: $0, depth: 1) }
      let nameWidth = rows.map(\.name.count).max() ?? 0
      let typeWidth = rows.map(\.type.count).max() ?? 0
      for row in rows {
        let type = row.facts.isEmpty ? row.type : Self.padded(row.type, typeWidth)
        text += Self.padded(row.name, nameWidth) + "  " + type + (row.facts.isEmpty ? "" : "  " + row.facts) + "\n"
      }
      return text
    }
  }

  private struct Row {
    let name: String
    let type: String
    let facts: String
  }

  private static func rows(of field: FieldList.Field, depth: Int) -> [Row] {
    let indent = String(repeating: "  ", count: depth)
    let row = Row(name: indent + field.name, type: FieldFacts.type(field), facts: FieldFacts.text(field))
    guard case .structure(let fields) = field.type.element else {
      let values = field.enumeration?.values ?? []
      return [row]
        + values.compactMap { value in
          value.doc.map {
            Row(name: "\(indent)  \(Printable.text(value.name))", type: "\(value.number)", facts: Printable.text($0))
          }
        }
    }
    return [row] + fields.flatMap { rows(of: $0, depth: depth + 1) }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "nobody" : names.joined(separator: ", ")
  }

  var json: JSON {
    var members: [JSON.Member] =
      [
        .init("frame", .text(declaration.name)), .init("id", .integer(declaration.type)),
        .init("fingerprint", .text(fingerprint)), .init("senders", .array(senders.map { .text($0) })),
        .init("listeners", .array(listeners.map { .text($0) })),
      ] + properties.members
    switch declaration.fields {
    case .success(let fields): members.append(.init("fields", .array(fields.map(FieldFacts.json))))
    case .failure(let error): members += [.init("fields", .null), .init("error", .text(error.description))]
    }
    return .object(members)
  }
}
