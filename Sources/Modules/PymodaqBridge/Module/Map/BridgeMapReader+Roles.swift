import BusClient
import Frames
import PymodaqBridgeProtocol
import YAMLText

/// What each kind of role is made of.
extension BridgeMapReader {
  mutating func detector(_ role: RoleNodes) -> BridgeMap.Detector? {
    let instrument = instrument(role)
    var settings = PymodaqDetector.Settings()
    if let time = seconds(role["max_age"], key: "max_age", in: 0...3600) { settings.maxAge = time }
    if let time = seconds(role["timeout"], key: "timeout", in: 0.1...600) { settings.timeout = time }
    settings.push = seconds(role["push"], key: "push", in: 0.2...86_400)
    guard let node = role["channels"] else {
      report(
        role.position, "role '\(role.name)' has no 'channels'; say there which fields of which frames are measured")
      return nil
    }
    guard case .sequence(let items) = node.content, !items.isEmpty else {
      report(node.position, "'channels' must be a list of what is measured, but it is \(node.kind)")
      return nil
    }
    let channels = items.compactMap { channel($0) }
    for dimension in Set(channels.map(\.dimension)) where channels.contains(where: { $0.dimension != dimension }) {
      report(
        node.position, "a viewer of PyMoDAQ shows data of one dimension; make a role for each of 0D, 1D and 2D")
      break
    }
    guard let instrument, channels.count == items.count else { return nil }
    return BridgeMap.Detector(instrument: instrument, channels: channels, settings: settings)
  }

  private mutating func channel(_ node: YAMLNode) -> BridgeMap.Channel? {
    let keys = ["label", "frame", "field", "instance", "request", "units", "axis", "width"]
    guard let values = mapping(node, keys: keys, of: "a channel") else { return nil }
    guard let source = source(values, at: node.position, of: "a channel"),
      let (field, place) = field(values["field"], key: "field", of: source.frame, at: node.position)
    else { return nil }
    var axis: FrameField?
    if let node = values["axis"] {
      guard let (read, place) = self.field(node, key: "axis", of: source.frame, at: node.position) else { return nil }
      guard read.isArray, field.isArray, values["width"] == nil else {
        report(place, "an axis is an array that belongs to an array of one dimension")
        return nil
      }
      axis = read
    }
    var width: BridgeMap.Channel.Width?
    if let node = values["width"] {
      guard let read = self.width(node, source.frame) else { return nil }
      guard field.isArray else {
        report(place, "'\(field.text)' is a single number; an image is an array")
        return nil
      }
      width = read
    }
    let dimension: PymodaqDimension = !field.isArray ? .zero : width == nil ? .one : .two
    return BridgeMap.Channel(
      label: text(values["label"], key: "label")?.value ?? "\(source.frame).\(field.text)",
      units: units(values["units"], of: field), dimension: dimension, source: source,
      field: field, axis: axis, width: width)
  }

  private mutating func width(_ node: YAMLNode, _ frame: FrameType) -> BridgeMap.Channel.Width? {
    if case .scalar(let text, isPlain: true) = node.content, let number = Int(text) {
      guard (1...65_535).contains(number) else {
        report(node.position, "a width is a number from 1 to 65535, not \(number)")
        return nil
      }
      return .fixed(number)
    }
    guard let (field, place) = field(node, key: "width", of: frame, at: node.position) else { return nil }
    guard !field.isArray else {
      report(place, "'\(field.text)' is an array; a width is a number, or a field with one")
      return nil
    }
    return .field(field)
  }

  mutating func actuator(_ role: RoleNodes) -> BridgeMap.Actuator? {
    let instrument = instrument(role)
    var settings = PymodaqActuator.Settings()
    if let number = number(role["tolerance"], key: "tolerance") { settings.tolerance = abs(number.value.real) }
    if let time = seconds(role["settle"], key: "settle", in: 0...60) { settings.settle = time }
    if let time = seconds(role["timeout"], key: "timeout", in: 0.1...86_400) { settings.timeout = time }
    if let time = seconds(role["max_age"], key: "max_age", in: 0...86_400) { settings.maxAge = time }
    let target = command(role, "target", needsField: true)
    let home = role["home"].flatMap { _ in command(role, "home", needsField: false, keys: ["at"]) }
    let stop = role["stop"].flatMap { _ in command(role, "stop", needsField: false) }
    guard let node = role["position"] else {
      report(role.position, "role '\(role.name)' has no 'position'; say there which field of which frame it is")
      return nil
    }
    guard let values = mapping(node, keys: ["frame", "field", "instance", "request"], of: "'position'"),
      let source = source(values, at: node.position, of: "'position'"),
      let (field, place) = field(values["field"], key: "field", of: source.frame, at: node.position)
    else { return nil }
    guard !field.isArray else {
      report(place, "'\(field.text)' is an array; a position is one number")
      return nil
    }
    guard let instrument, let target, let targetField = target.field else { return nil }
    var abilities = PymodaqActuator.Abilities()
    abilities.units = units(role["units"], of: field.unit.isEmpty ? targetField : field)
    abilities.range = targetField.range
    abilities.reportsEnds = Self.jobType(target.frame) != nil
    abilities.canHome = home != nil
    abilities.homePosition = home?.others["at"]
    abilities.canStop = stop != nil || Self.jobType(target.frame)?.cancelType != nil
    abilities.isAsked = source.isAsked
    if PymodaqConversion(from: targetField.unit, to: field.unit) != .some(.none) {
      report(
        place, "the position is in '\(field.unit)' and the target in '\(targetField.unit)'; both have to be in one unit"
      )
    }
    return BridgeMap.Actuator(
      instrument: instrument, target: target, position: source, positionField: field, home: home, stop: stop,
      abilities: abilities, settings: settings)
  }

  /// The command's type if it is a job.
  static func jobType(_ frame: FrameType) -> (any JobCommand.Type)? {
    FrameType.allInFrames.first { $0.frameType == frame } as? any JobCommand.Type
  }

  private mutating func command(
    _ role: RoleNodes, _ key: String, needsField: Bool, keys: [String] = []
  ) -> BridgeMap.Command? {
    guard let node = role[key] else {
      report(role.position, "role '\(role.name)' has no '\(key)'; say there which field of which frame it is")
      return nil
    }
    let allKeys = ["frame", "instance", "with"] + (needsField ? ["field"] : []) + keys
    guard let values = mapping(node, keys: allKeys, of: "'\(key)'"),
      let source = source(values, at: node.position, of: "'\(key)'")
    else { return nil }
    var others: [String: Double] = [:]
    if let with = values["with"], let pairs = pairs(of: with, called: "'with'") {
      for pair in pairs {
        guard let (read, _) = field(pair.key, of: source.frame), !read.isArray else { continue }
        if let number = number(pair.value, key: pair.key.value) { others[pair.key.value] = number.value.real }
      }
    }
    if let at = number(values["at"], key: "at") { others["at"] = at.value.real }
    guard needsField else {
      return BridgeMap.Command(frame: source.frame, instance: source.instance, field: nil, others: others)
    }
    guard let (field, place) = field(values["field"], key: "field", of: source.frame, at: node.position) else {
      return nil
    }
    guard field.payload(field.range?.lowerBound ?? 0) != nil else {
      report(place, "'\(field.text)' lies in an array; a target is a single number")
      return nil
    }
    return BridgeMap.Command(frame: source.frame, instance: source.instance, field: field, others: others)
  }

  mutating func remote(_ role: RoleNodes, _ kind: PymodaqClientKind) -> BridgeMap.Remote? {
    let own = self.instance
    let instance = instanceNumber(role["instance"]) ?? own
    if kind == .actuator {
      claim(
        "the only remote_actuator of a bridge (a second one needs a bridge with another --instance)", role,
        at: role.position)
    } else {
      claim("PYMODAQ_REMOTE_DATA of instance \(instance)", role, at: role.position)
    }
    guard let node = role["listen"] else {
      report(role.position, "role '\(role.name)' has no 'listen'; give an address such as 127.0.0.1:6341")
      return nil
    }
    guard let address = address(node, key: "listen") else { return nil }
    if case .tcp(_, let port) = address, port != 0 { claim("the address \(address)", role, at: node.position) }
    let generation = generation(role["generation"])
    let dimension = dimension(role["dimension"])
    let poll = seconds(role["poll"], key: "poll", in: 0.2...86_400)
    let timeout = seconds(role["timeout"], key: "timeout", in: 0.1...86_400) ?? .seconds(kind == .actuator ? 60 : 10)
    let tolerance = number(role["tolerance"], key: "tolerance").map { abs($0.value.real) } ?? 0.01
    let units = role["units"].flatMap { text($0, key: "units") }?.value ?? ""
    return BridgeMap.Remote(
      kind: kind, address: address, generation: (generation ?? .v44) ?? .v44, instance: instance, units: units,
      dimension: dimension, poll: poll, timeout: timeout, tolerance: tolerance)
  }
}
