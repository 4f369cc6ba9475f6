/// What PyMoDAQ's TCPServer plugin asks of an instrument.
public enum PymodaqServerMessage: Equatable, Sendable {
  case sendData(PymodaqDimension)
  case moveAbsolute(PymodaqPosition)
  case moveRelative(PymodaqPosition)
  case moveHome
  /// `check_position` up to 3.6.2, `get_actuator_value` after it; every client knows the first.
  case readPosition
  case stopMotion
  /// The user changed a parameter of the instrument. The path begins with the server's own name for the tree.
  case setParameter(path: [String], xml: [UInt8])
  /// A command without a meaning here. What follows it, if it has a payload, cannot be known.
  case unknown(String)

  /// Reads one message.
  ///
  /// - Throws: `PymodaqError`.
  public init(from reader: inout PymodaqReader) throws(PymodaqError) {
    let name = try reader.receiveText()
    switch name {
    case "move_abs": self = .moveAbsolute(try reader.receivePosition())
    case "move_rel": self = .moveRelative(try reader.receivePosition())
    case "move_home": self = .moveHome
    case "check_position", "get_actuator_value": self = .readPosition
    case "stop_motion": self = .stopMotion
    case "set_info":
      let path = try reader.receiveTexts()
      self = .setParameter(path: path, xml: try reader.receiveXML())
    default:
      let dimension = name.hasPrefix("Send Data ") ? PymodaqDimension(rawValue: String(name.dropFirst(10))) : nil
      self = dimension.map { .sendData($0) } ?? .unknown(name)
    }
  }

  /// Writes the message.
  public func write(to writer: inout PymodaqWriter) {
    switch self {
    case .sendData(let dimension): writer.send(.text("Send Data \(dimension)"))
    case .moveAbsolute(let position):
      writer.send(.text("move_abs"))
      writer.send(position)
    case .moveRelative(let position):
      writer.send(.text("move_rel"))
      writer.send(position)
    case .moveHome: writer.send(.text("move_home"))
    case .readPosition: writer.send(.text("check_position"))
    case .stopMotion: writer.send(.text("stop_motion"))
    case .setParameter(let path, let xml):
      writer.send(.text("set_info"))
      writer.send(texts: path)
      writer.send(.bytes(xml))
    case .unknown(let name): writer.send(.text(name))
    }
  }
}
