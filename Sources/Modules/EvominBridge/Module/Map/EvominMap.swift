import BusWire
import EvominBridgeProtocol
import Frames

/// Which commands of a device are which frames.
struct EvominMap: Equatable, Sendable {
  /// In the order of their commands.
  let routes: [EvominRoute]
  private let checks: [PayloadCheck]
  private let fromDevice: [UInt8: Int]
  private let toDevice: [Key: Int]
  private let requests: [Key: Int]

  private struct Key: Hashable {
    let type: UInt16
    let instance: UInt8
  }

  /// No command is a frame.
  init() { self.init([]) }

  /// - Parameter routes: one for each command at most; one frame of an instance goes to the device as one command.
  init(_ routes: [EvominRoute]) {
    let routes = routes.sorted { $0.command.rawValue < $1.command.rawValue }
    self.routes = routes
    checks = routes.map { PayloadCheck($0.frame) }
    func index(where isMeant: (EvominRoute) -> Bool) -> [Key: Int] {
      let meant = routes.indices.filter { isMeant(routes[$0]) }
      return Dictionary(
        meant.map { (Key(type: routes[$0].frame.id, instance: routes[$0].instance), $0) },
        uniquingKeysWith: { first, _ in first })
    }
    toDevice = index { $0.goesToDevice }
    requests = index { $0.takesRequests }
    fromDevice = Dictionary(
      routes.indices.filter { routes[$0].comesFromDevice }.map { (routes[$0].command.rawValue, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// What the simulated device does, as frames that everybody knows.
  static func simulated(instance: UInt8) -> EvominMap {
    EvominMap([
      EvominRoute(0x10, .activityLedState, instance: instance, direction: .toDevice),
      EvominRoute(0x11, .buttonState, instance: instance, direction: .fromDevice, takesRequests: true),
      EvominRoute(0x12, .temperature, instance: instance, direction: .fromDevice, takesRequests: true),
    ])
  }

  /// The frame that a command from the device is; nil if it is none.
  func route(from command: UInt8) -> EvominRoute? { fromDevice[command].map { routes[$0] } }

  /// The command that a frame is for the device; nil if it is none.
  func route(to type: UInt16, instance: UInt8) -> EvominRoute? {
    toDevice[Key(type: type, instance: instance)].map { routes[$0] }
  }

  /// The command that asks the device for a frame; nil if none does.
  func route(request type: UInt16, instance: UInt8) -> EvominRoute? {
    requests[Key(type: type, instance: instance)].map { routes[$0] }
  }

  /// Why a payload is not one of the frame that a command is; nil if it is, or if the frame's fields are not known.
  func problem(of payload: [UInt8], as route: EvominRoute) -> PayloadProblem? {
    guard let index = routes.firstIndex(where: { $0.command == route.command }) else { return nil }
    return checks[index].problem(of: payload)
  }
}
