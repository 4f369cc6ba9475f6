import BusWire
import EvominBridgeProtocol
import Frames
import YAMLText

/// Reads the tree of a map: what each command is, and whether they agree with each other.
struct EvominMapReader: YAMLReading {
  /// Ids from here up are the bus's own.
  static let frameIDMax = Int128(FrameType.firstBusID) - 1
  private static let keys = ["frame", "direction", "instance", "request"]

  let instance: UInt8
  let payloadBytesMax: Int
  var diagnostics: [Diagnostic] = []
  private var seen = Seen()

  /// What the commands before have taken, and where.
  private struct Seen {
    var commands: [UInt8: Int] = [:]
    var toDevice: [Taken: String] = [:]
    var requests: [Taken: String] = [:]
  }

  private struct Taken: Hashable {
    let type: UInt16
    let instance: UInt8
  }

  init(instance: UInt8, payloadBytesMax: Int) {
    self.instance = instance
    self.payloadBytesMax = payloadBytesMax
  }

  /// - Parameter path: the file's path as the user wrote it.
  mutating func routes(in root: YAMLNode?, path: String) -> [EvominRoute] {
    guard let root, !root.isEmpty else {
      report(.start(of: path), "the file is empty; say what the commands are under 'commands:'")
      return []
    }
    guard let sections = mapping(root, keys: ["commands"], of: "the map") else { return [] }
    guard let commands = sections["commands"] else {
      if diagnostics.isEmpty { report(root.position, "'commands:' is missing; say there what each command is") }
      return []
    }
    guard !commands.isEmpty, let pairs = pairs(of: commands, called: "'commands'") else {
      if commands.isEmpty { report(commands.position, "'commands' is empty; without --map nothing is mapped") }
      return []
    }
    return pairs.compactMap { route($0) }
  }

  private mutating func route(_ pair: YAMLPair) -> EvominRoute? {
    let command = command(pair.key)
    guard let values = mapping(pair.value, keys: Self.keys, of: "command \(pair.key.value)") else { return nil }
    let frame = frame(values["frame"], of: pair)
    let direction = direction(values["direction"], of: pair)
    let instance = instanceNumber(values["instance"])
    let takesRequests = bool(values["request"], key: "request") ?? false
    if takesRequests, direction == .toDevice, let place = values["request"]?.position {
      report(place, "a request is answered by the device; make the direction from_device or both, or remove 'request'")
      return nil
    }
    guard let command, let frame, let direction, let instance else { return nil }
    let route = EvominRoute(command, frame, instance: instance, direction: direction, takesRequests: takesRequests)
    return isPossible(route, pair) ? route : nil
  }

  private mutating func command(_ key: Located<String>) -> EvominCommand? {
    guard case .integer(let number)? = Number(key.value), let command = UInt8(exactly: number) else {
      report(key.position, "a command is a number from 0 to 255 such as 0x10, not '\(key.value)'")
      return nil
    }
    if let line = seen.commands[command] {
      report(key.position, "command \(key.value) is in line \(line) already; remove one of them")
      return nil
    }
    seen.commands[command] = key.position.line
    return EvominCommand(rawValue: command)
  }

  /// Whether it can be done beside the commands before.
  private mutating func isPossible(_ route: EvominRoute, _ pair: YAMLPair) -> Bool {
    let taken = Taken(type: route.frame.id, instance: route.instance)
    let place = "command \(pair.key.value) (line \(pair.key.position.line))"
    var isPossible = true
    if route.goesToDevice, let other = seen.toDevice.updateValue(place, forKey: taken) {
      report(
        pair.key.position,
        "\(route.frame) of instance \(route.instance) goes to the device as \(other) already; give one of them another "
          + "instance")
      isPossible = false
    }
    if route.takesRequests, let other = seen.requests.updateValue(place, forKey: taken) {
      report(
        pair.key.position,
        "requests for \(route.frame) of instance \(route.instance) become \(other) already; remove one 'request'")
      isPossible = false
    }
    return isPossible && fits(route, pair)
  }

  private mutating func fits(_ route: EvominRoute, _ pair: YAMLPair) -> Bool {
    let bytesMax = route.goesToDevice ? payloadBytesMax : EvominFrame.payloadBytesMax
    let bytesMin = PayloadCheck(route.frame).bytesMin
    guard bytesMin > bytesMax else { return true }
    report(
      pair.key.position, "\(route.frame) has at least \(bytesMin) bytes, and a command carries \(bytesMax) at most")
    return false
  }
}
