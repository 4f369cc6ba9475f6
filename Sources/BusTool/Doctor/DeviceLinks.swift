import BusWire

/// Whether the devices of modules are there, as the modules say it themselves.
///
/// A device module keeps a frame `…_STATUS` on the bus, with a `reason` and with its `link` (an enum that has CONNECTED)
/// or whether its port is `open` or the device is `ready`.
struct DeviceLinks {
  private struct Key: Hashable {
    let module: UInt32
    let type: UInt16
    let instance: UInt8
  }

  private var findings: [Key: Finding] = [:]

  /// Looks at a frame, kept or live; the latest one counts.
  mutating func add(_ report: FrameReport) {
    guard !report.frame.isRequest, let name = report.name, name.hasSuffix("_STATUS"),
      case .fields(let values, let fields) = report.content
    else { return }
    let byName = Dictionary(zip(fields.map(\.name), zip(values, fields))) { first, _ in first }
    guard case .text(let reason)? = byName["reason"]?.0, let state = Self.state(byName) else { return }
    let key = Key(module: report.frame.source, type: report.frame.header.type, instance: report.frame.instance)
    let said = reason.isEmpty ? "" : ": " + Printable.text(reason)
    findings[key] =
      state.isUp
      ? nil
      : .problem(
        "\(report.sender) says that its \(state.text)\(said)",
        means: "The module runs, but cannot reach its device.",
        do: "Look at the device, its cable and its power; 'framebus listen \(name)' shows what changes.")
  }

  private static func state(
    _ fields: [String: (DynamicValue, FieldList.Field)]
  ) -> (isUp: Bool, text: String)? {
    if let (value, field) = fields["link"], let enumeration = field.enumeration, case .integer(let number) = value {
      let name = enumeration.name(of: number) ?? "\(number)"
      return (name == "CONNECTED", "device's link is \(Printable.text(name))")
    }
    if case .bool(let isOpen)? = fields["open"]?.0 { return (isOpen, "device's port is not open") }
    if case .bool(let isReady)? = fields["ready"]?.0 { return (isReady, "device is not ready") }
    return nil
  }

  /// What is wrong with the devices of a module.
  func problems(of module: UInt32) -> [Finding] {
    findings.filter { $0.key.module == module }.sorted {
      ($0.key.type, $0.key.instance) < ($1.key.type, $1.key.instance)
    }
    .map(\.value)
  }
}
