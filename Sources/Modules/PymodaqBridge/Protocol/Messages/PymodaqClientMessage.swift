/// What a client of PyMoDAQ's TCPServer is.
public enum PymodaqClientKind: String, Sendable {
  case detector = "GRABBER"
  case actuator = "ACTUATOR"
}

/// What an instrument sends to PyMoDAQ's TCPServer plugin.
public enum PymodaqClientMessage: Equatable, Sendable {
  /// Always the first one.
  case identify(PymodaqClientKind)
  /// The tree of the instrument's settings.
  case settings(xml: [UInt8])
  /// A parameter of the instrument has changed. The path begins with the name of the client's own tree.
  case parameter(path: [String], xml: [UInt8])
  /// A line for the user.
  case info(name: String, value: String)
  /// What was measured.
  case data(PymodaqExport)
  case positionIs(PymodaqPosition)
  case moveDone(PymodaqPosition)
  /// `x_axis` or `y_axis`, up to generation legacy.
  case axis(name: String, values: PymodaqArray, label: String, units: String)
  /// The only clean way out: the server closes then.
  case quit
  /// A command without a meaning here. What follows it, if it has a payload, cannot be known.
  case unknown(String)

  /// Reads one message.
  ///
  /// - Throws: `PymodaqError`.
  public init(from reader: inout PymodaqReader) throws(PymodaqError) {
    let name = try reader.receiveText()
    switch name {
    case "GRABBER": self = .identify(.detector)
    case "ACTUATOR": self = .identify(.actuator)
    case "Infos": self = .settings(xml: try reader.receiveXML())
    case "Info_xml":
      let path = try reader.receiveTexts()
      self = .parameter(path: path, xml: try reader.receiveXML())
    case "Info":
      let name = try reader.receiveText()
      self = .info(name: name, value: try reader.receiveText())
    case "Done": self = .data(try reader.receiveExport())
    case "position_is": self = .positionIs(try reader.receivePosition())
    case "move_done": self = .moveDone(try reader.receivePosition())
    case "x_axis", "y_axis":
      guard case .array(let values) = try reader.receive(.array) else { throw .malformed("an axis without values") }
      let label = try reader.receiveText()
      self = .axis(name: name, values: values, label: label, units: try reader.receiveText())
    case "Quit": self = .quit
    default: self = .unknown(name)
    }
  }

  /// Writes the message.
  public func write(to writer: inout PymodaqWriter) {
    switch self {
    case .identify(let kind): writer.send(.text(kind.rawValue))
    case .settings(let xml):
      writer.send(.text("Infos"))
      writer.send(.bytes(xml))
    case .parameter(let path, let xml):
      writer.send(.text("Info_xml"))
      writer.send(texts: path)
      writer.send(.bytes(xml))
    case .info(let name, let value):
      writer.send(.text("Info"))
      writer.send(.text(name))
      writer.send(.text(value))
    case .data(let export):
      writer.send(.text("Done"))
      writer.send(export)
    case .positionIs(let position):
      writer.send(.text("position_is"))
      writer.send(position)
    case .moveDone(let position):
      writer.send(.text("move_done"))
      writer.send(position)
    case .axis(let name, let values, let label, let units):
      writer.send(.text(name))
      writer.send(.array(values))
      writer.send(.text(label))
      writer.send(.text(units))
    case .quit: writer.send(.text("Quit"))
    case .unknown(let name): writer.send(.text(name))
    }
  }
}
