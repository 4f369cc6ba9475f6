import BusWire
import Frames
import YAMLText

extension EvominMapReader {
  /// Ids of the frames that a bridge itself speaks with.
  private static let ownFrames: Set<FrameType> = [
    .evominToDevice, .evominFromDevice, .evominResult, .evominStatus, .evominSimulate, .evominAccepted,
    .evominUndelivered,
  ]

  mutating func frame(_ node: YAMLNode?, of pair: YAMLPair) -> FrameType? {
    guard let node else {
      report(pair.key.position, "command \(pair.key.value) has no 'frame'; give its name or id")
      return nil
    }
    guard let text = text(node, key: "frame") else { return nil }
    guard let type = frame(text) else { return nil }
    if Self.ownFrames.contains(type) {
      report(text.position, "\(type) is the bridge's own; map the command to another frame")
      return nil
    }
    return type
  }

  private mutating func frame(_ text: Located<String>) -> FrameType? {
    let known = FrameType.allInFrames.map { $0.frameType }
    if case .integer(let id)? = Number(text.value) {
      guard (1...Self.frameIDMax).contains(id) else {
        report(text.position, "a frame's id is a number from 1 to \(Self.frameIDMax), not \(text.value)")
        return nil
      }
      return known.first { $0.id == UInt16(id) } ?? FrameType(id: UInt16(id))
    }
    if let type = known.first(where: { "\($0.name)" == text.value }) { return type }
    let advice = Nearest.advice(for: text.value, among: known.map { "\($0.name)" })
    report(
      text.position,
      "this bridge knows no frame '\(text.value)'; \(advice)a frame of another package is given by its id")
    return nil
  }

  mutating func direction(_ node: YAMLNode?, of pair: YAMLPair) -> EvominRoute.Direction? {
    let known = EvominRoute.Direction.allCases.map(\.rawValue)
    guard let node else {
      report(
        pair.key.position, "command \(pair.key.value) has no 'direction'; give one of \(known.joined(separator: ", "))")
      return nil
    }
    guard let text = text(node, key: "direction") else { return nil }
    if let direction = EvominRoute.Direction(rawValue: text.value) { return direction }
    let advice = Nearest.advice(for: text.value, among: known)
    report(text.position, "unknown direction '\(text.value)'; \(advice)known: \(known.joined(separator: ", "))")
    return nil
  }

  /// The bridge's own if there is none; nil if it is wrong.
  mutating func instanceNumber(_ node: YAMLNode?) -> UInt8? {
    guard let node else { return instance }
    guard let number = integer(node, key: "instance") else { return nil }
    guard let instance = UInt8(exactly: number.value) else {
      report(number.position, "an instance is a number from 0 to 255, not \(number.value)")
      return nil
    }
    return instance
  }
}
