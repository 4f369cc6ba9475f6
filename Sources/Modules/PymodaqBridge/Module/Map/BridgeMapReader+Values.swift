import BusClient
import Frames
import PymodaqBridgeProtocol
import YAMLText

/// What roles have in common.
extension BridgeMapReader {
  mutating func instrument(_ role: RoleNodes) -> BridgeMap.Instrument? {
    guard let node = role["server"] else {
      report(
        role.position,
        "role '\(role.name)' has no 'server'; give the address of PyMoDAQ's TCPServer plugin, such as 192.168.1.5:6341")
      return nil
    }
    let generation = generation(role["generation"])
    guard let address = address(node, key: "server") else { return nil }
    claim("the server \(address)", role, at: node.position)
    return BridgeMap.Instrument(server: address, generation: generation ?? .v44)
  }

  /// With numbers for a host: to look a name up could keep all other roles waiting.
  /// A port alone is one of this machine.
  mutating func address(_ node: YAMLNode, key: String) -> BusAddress? {
    guard let text = text(node, key: key) else { return nil }
    if let port = UInt16(text.value) { return .tcp(host: "127.0.0.1", port: port) }
    do throws(BusAddress.ParseError) {
      var address = try BusAddress(text.value)
      if case .tcp("localhost", let port) = address { address = .tcp(host: "127.0.0.1", port: port) }
      guard case .tcp = address else {
        report(text.position, "'\(text.value)' is no address of the network, such as 192.168.1.5:6341")
        return nil
      }
      guard address.isNumeric else {
        report(
          text.position, "'\(text.value)': write the host as numbers, such as 192.168.1.5; names are not looked up")
        return nil
      }
      return address
    } catch {
      report(text.position, "\(error)")
      return nil
    }
  }

  /// `.some(nil)` for `auto`; nil if nothing is said, or something that is wrong.
  mutating func generation(_ node: YAMLNode?) -> PymodaqGeneration?? {
    guard let node, let text = text(node, key: "generation") else { return nil }
    if text.value == "auto" { return .some(nil) }
    if let generation = PymodaqGeneration(rawValue: text.value) { return generation }
    let known = PymodaqGeneration.allCases.map(\.rawValue) + ["auto"]
    report(text.position, "unknown generation '\(text.value)'; known: \(known.joined(separator: ", "))")
    return nil
  }

  /// What the map says, or the schema as far as PyMoDAQ reads it.
  mutating func units(_ node: YAMLNode?, of field: FrameField) -> String {
    guard let text = node.flatMap({ text($0, key: "units") }) else {
      return PymodaqConversion.canBeUnits(field.unit) ? field.unit : ""
    }
    if !PymodaqConversion.canBeUnits(text.value) {
      report(text.position, "'\(text.value)' are no units that PyMoDAQ reads, such as mm, degC or m/s")
    }
    return text.value
  }

  mutating func dimension(_ node: YAMLNode?) -> PymodaqDimension {
    guard let node, let text = text(node, key: "dimension") else { return .zero }
    if let dimension = PymodaqDimension(rawValue: text.value), dimension != .many { return dimension }
    report(text.position, "unknown dimension '\(text.value)'; known: 0D, 1D, 2D")
    return .zero
  }

  mutating func seconds(_ node: YAMLNode?, key: String, in range: ClosedRange<Double>) -> Duration? {
    guard let number = number(node, key: key) else { return nil }
    guard range.contains(number.value.real) else {
      report(
        number.position,
        "'\(key)' is in seconds, from \(range.lowerBound) to \(range.upperBound), not \(number.value)")
      return nil
    }
    return .milliseconds(Int((number.value.real * 1000).rounded()))
  }

  /// Nil if there is none, or it is wrong.
  mutating func instanceNumber(_ node: YAMLNode?) -> UInt8? {
    guard let node, let number = integer(node, key: "instance") else { return nil }
    guard let instance = UInt8(exactly: number.value) else {
      report(number.position, "an instance is a number from 0 to 255, not \(number.value)")
      return nil
    }
    return instance
  }

  mutating func source(_ values: [String: YAMLNode], at place: Position, of what: String) -> BridgeMap.Source? {
    let own = instance
    let instance = instanceNumber(values["instance"]) ?? own
    let isAsked = bool(values["request"], key: "request") ?? false
    guard let node = values["frame"] else {
      report(place, "\(what) has no 'frame'; give its name")
      return nil
    }
    guard let text = text(node, key: "frame") else { return nil }
    let known = FrameType.allInFrames.map { $0.frameType }
    guard let frame = known.first(where: { "\($0.name)" == text.value }) else {
      let advice = Nearest.advice(for: text.value, among: known.map { "\($0.name)" })
      report(
        text.position, "this bridge knows no frame '\(text.value)'; \(advice)'framebus schema' lists those there are")
      return nil
    }
    return BridgeMap.Source(frame: frame, instance: instance, isAsked: isAsked)
  }

  mutating func field(
    _ node: YAMLNode?, key: String, of frame: FrameType, at place: Position
  ) -> (FrameField, Position)? {
    guard let node else {
      report(place, "'\(key)' is missing; give the field of \(frame)")
      return nil
    }
    guard let text = text(node, key: key) else { return nil }
    return field(text, of: frame)
  }

  mutating func field(_ text: Located<String>, of frame: FrameType) -> (FrameField, Position)? {
    do throws(FrameField.Problem) {
      return (try FrameField(text.value, of: frame), text.position)
    } catch {
      report(text.position, error.reason)
      return nil
    }
  }
}
