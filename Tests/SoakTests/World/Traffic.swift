import BusWire
import TestSupport

@testable import BusClient

/// What modules do when they are well.
enum Traffic {
  static let types: [UInt16] = [1, 2, 3, 4, 0xFEFF]

  /// How many frames of a type are kept.
  static func depth(of type: UInt16) -> Int { [2: 3, 3: 40][type] ?? 1 }

  /// Lets a module do something.
  static func act(_ module: ModuleProcess, in world: World) {
    switch Int.random(in: 0..<100, using: &world.random) {
    case 0...4: module.listen(subscriptions(in: world))
    case 5...9: _ = module.bus?.waitForData(timeout: .milliseconds(Int.random(in: 0...20, using: &world.random)))
    case 10...14: try? module.bus?.barrier(timeout: .milliseconds(50)) { module.read(atMost: 1) }
    case 15...19: ask(module, in: world)
    case 20: send(module, payloadBytes: .random(in: 0...(600 << 10), using: &world.random), in: world)
    case 21...49:
      let count = Int.random(in: 1...40, using: &world.random)
      let template = header(in: world)
      for _ in 0..<count {
        send(
          module, template, .random(in: 0...min(200, world.weather.payloadBytesMax), using: &world.random), in: world)
      }
    case 50...74:
      send(module, payloadBytes: .random(in: 0...world.weather.payloadBytesMax, using: &world.random), in: world)
    default: module.read(atMost: .random(in: 1...100, using: &world.random))
    }
  }

  private static func ask(_ module: ModuleProcess, in world: World) {
    let type = FrameType(id: types.randomElement(using: &world.random)!)
    guard let bus = module.bus, bus.isConnected, let connection = module.connection else { return }
    let header = FrameHeader(size: 0, type: type.id, flags: FrameFlags.request.with(.normal))
    connection.sent.add(Message(header: header, payload: UnsafeRawBufferPointer(start: nil, count: 0)))
    do throws(BusError) {
      _ = try bus.ask(type, timeout: .milliseconds(50))
    } catch {
      if error.code == .backpressure, let problem = connection.sent.takeBack() { module.world.fail(problem) }
    }
  }

  private static func send(_ module: ModuleProcess, payloadBytes: Int, in world: World) {
    send(module, header(in: world), payloadBytes, in: world)
  }

  private static func send(
    _ module: ModuleProcess, _ template: FrameHeader, _ payloadBytes: Int, in world: World
  ) {
    var header = template
    header.size = UInt32(payloadBytes)
    module.send(header, payload(payloadBytes, in: world))
  }

  private static func header(in world: World) -> FrameHeader {
    let marks: [FrameFlags] = [[], [], [], .request, .retain, [.retain, .bridged], [.retain, .retained]]
    return FrameHeader(
      size: 0, type: types.randomElement(using: &world.random)!,
      flags: marks.randomElement(using: &world.random)!.with(Priority.allCases.randomElement(using: &world.random)!),
      instance: .random(in: 0...2, using: &world.random))
  }

  private static func payload(_ byteCount: Int, in world: World) -> [UInt8] {
    let start = world.random.next()
    return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      var offset = 0
      while offset < byteCount {
        withUnsafeBytes(of: start &+ UInt64(offset) &* 0x9E37_79B9) { word in
          let part = min(8, byteCount - offset)
          bytes.baseAddress?.advanced(by: offset).copyMemory(from: word.baseAddress!, byteCount: part)
        }
        offset += 8
      }
      count = byteCount
    }
  }

  /// Some listen set.
  static func subscriptions(in world: World) -> [Subscription] {
    var all: [Subscription] = []
    if Int.random(in: 0..<3, using: &world.random) > 0 { all.append(Subscription(ModuleStatus.frameType)) }
    if Int.random(in: 0..<4, using: &world.random) == 0 { return all + [Subscription(.all)] }
    for type in types where Bool.random(using: &world.random) {
      let instance: UInt8? =
        Int.random(in: 0..<3, using: &world.random) == 0 ? .random(in: 0...2, using: &world.random) : nil
      all.append(
        Subscription(
          FrameType(id: type), instance: instance, values: Int.random(in: 0..<5, using: &world.random) > 0,
          requests: .random(using: &world.random)))
    }
    return all
  }
}
