import BusClient
import PymodaqBridgeProtocol
import XMLText

/// The bridge's parameters as PyMoDAQ's user sees them. What the bus says never comes into it.
enum SettingsTree {
  private static let rootName = "bridge_settings"

  /// The whole tree.
  static func xml(_ parameters: [PymodaqParameter]) -> [UInt8] {
    PymodaqParameter(rootName, .group, children: parameters).xml
  }

  /// Changes a parameter as the user wants it.
  ///
  /// - Parameters:
  ///   - path: the way to it; the first part is the server's own name for the tree.
  ///   - change: takes the value and says what all parameters are then.
  /// - Returns: what has to be sent to the user if the parameter is not what was asked for.
  static func change(
    _ path: [String], _ xml: [UInt8], in parameters: [PymodaqParameter], _ bus: Bus, _ role: String,
    _ change: (String, Double) -> [PymodaqParameter]
  ) -> PymodaqClientMessage? {
    let wanted: PymodaqParameter
    do throws(XMLProblem) {
      wanted = try PymodaqParameter(xml: xml)
    } catch {
      bus.log(.warning, "bad_parameter", ["role": role, "reason": "\(error)"])
      return nil
    }
    guard path.count == 2, let old = parameters.first(where: { $0.name == path[1] }) else {
      bus.log(
        .warning, "bad_parameter", ["role": role, "reason": "there is no \(path.dropFirst().joined(separator: "/"))"])
      return nil
    }
    var now = old
    if !old.isReadOnly, let value = wanted.number {
      now = change(old.name, value).first { $0.name == old.name } ?? old
      bus.log(.info, "parameter", ["role": role, "name": old.name, "value": "\(now.value)"])
    }
    if now.value == wanted.value { return nil }
    if case .real(let value) = now.value, value == wanted.number { return nil }
    return .parameter(path: [rootName, old.name], xml: now.xml)
  }
}

extension PymodaqParameter {
  /// A finite number; nil if it holds none.
  fileprivate var number: Double? {
    switch value {
    case .real(let value): value.isFinite ? value : nil
    case .integer(let value): Double(value)
    default: nil
    }
  }
}
