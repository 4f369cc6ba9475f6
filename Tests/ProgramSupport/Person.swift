import BusClient
import BusWire
import TestSupport
import Testing

/// Somebody at a bus: gives commands and waits for what comes of them.
final class Person {
  let bus: Bus
  /// A program that runs as long as this person is there.
  var module: RunningProgram?
  /// A folder that goes with this person.
  var folder: TemporaryFolder?
  /// What arrived and was not waited for yet, in order.
  private var arrived: [Frame] = []

  /// - Parameter types: what to listen for.
  init(_ address: BusAddress, _ types: [FrameType], name: String = "person") throws {
    var configuration = BusConfiguration(name: name)
    configuration.address = address
    configuration.log = Log(level: .error) { _ in }
    bus = try Bus(configuration)
    bus.listen(for: types.map { Subscription($0, requests: false) })
    try bus.connect(timeout: .milliseconds(Int(Deadline.seconds)) * 1000)
  }

  deinit { bus.stop() }

  /// Sends a frame that has arrived at its listeners when this returns.
  func send(_ frame: some TypedFrame, instance: UInt8 = 0) throws {
    try bus.send(frame, instance: instance)
    try bus.barrier()
  }

  /// The next frame of a type that meets a condition; those of the type before it are thrown away.
  @discardableResult
  func expect<Payload: TypedFrame>(
    _ type: Payload.Type, _ comment: String = "", where isMeant: (Payload) -> Bool = { _ in true }
  ) throws -> Payload {
    var found: Payload?
    try Deadline.wait(for: "\(Payload.frameType) \(comment); arrived: \(arrived.map { "\($0.type)" })") {
      collect()
      while found == nil, let index = arrived.firstIndex(where: { $0.type == Payload.frameType }) {
        let payload = try arrived.remove(at: index).decode(type)
        if let payload, isMeant(payload) { found = payload }
      }
      return found != nil
    }
    return found!
  }

  /// All frames of a type that arrived and were not waited for.
  func leftOver<Payload: TypedFrame>(_ type: Payload.Type) throws -> [Payload] {
    collect()
    return try arrived.compactMap { try $0.decode(type) }
  }

  private func collect() {
    _ = bus.waitForData(timeout: .milliseconds(10))
    while bus.hasData, let frame = try? bus.getData() { arrived.append(frame) }
  }
}
