import EvominBridgeProtocol
import Testing

@testable import EvominBridgeSimulator

@Suite("A simulated device")
struct SimulatorTests {
  private static let start = ms(5000)

  /// A device whose first output has been taken.
  private static func device(_ firmware: EvominFirmware = .robust, seed: UInt64 = 1) -> EvominSimulator {
    var device = EvominSimulator(firmware: firmware, seed: seed)
    _ = device.takeOutput()
    return device
  }

  private static func bytes(_ command: EvominCommand, _ payload: [UInt8] = []) throws -> [UInt8] {
    Array(try EvominFrame(command, payload).encoded)
  }

  /// All frames that come out until nothing is expected; each is acknowledged at once.
  private static func frames(_ device: inout EvominSimulator, acknowledges: Bool = true) -> [EvominFrame] {
    var receiver = EvominReceiver()
    var frames = [EvominFrame]()
    var now = start
    while true {
      let output = device.takeOutput()
      for byte in output {
        receiver.receive(byte, at: now)
        while let received = receiver.next() {
          guard case .frame(let frame) = received else { continue }
          frames.append(frame)
          if acknowledges { device.receive([0xFF], at: now) }
        }
      }
      // An acknowledgement may have brought about the next frame.
      guard output.isEmpty else { continue }
      guard let deadline = device.deadline else { return frames }
      now = max(now, deadline)
      device.tick(at: now)
    }
  }

  @Test("switches its LED", arguments: EvominFirmware.allCases)
  func led(_ firmware: EvominFirmware) throws {
    var device = Self.device(firmware)
    device.receive(try Self.bytes(.setLED, [1]), at: Self.start)
    #expect(device.isLEDOn)
    #expect(device.takeOutput() == [0xFF])
    device.receive(try Self.bytes(.setLED, [0]), at: Self.start)
    #expect(!device.isLEDOn)
    #expect(device.counters.received == 2)
  }

  @Test("tells its button, its temperature and its name when asked", arguments: [EvominFirmware.robust, .python])
  func answers(_ firmware: EvominFirmware) throws {
    var device = Self.device(firmware)
    device.centidegrees = -300
    for (command, answer) in [
      (EvominCommand.button, [0]), (.temperature, [1, 0, 0, 0, 0xD4, 0xFE, 0x42, 0x0E]),
      (.sendIDN, Array("evoMIN simulator 1".utf8)),
    ] as [(EvominCommand, [UInt8])] {
      device.receive(try Self.bytes(command), at: Self.start)
      #expect(Self.frames(&device) == [try EvominFrame(command, answer)])
    }
    #expect(device.counters.acknowledged == 3)
  }

  @Test("counts as fast as its library takes it, and tells when it has done", arguments: EvominFirmware.allCases)
  func counts(_ firmware: EvominFirmware) throws {
    var device = Self.device(firmware)
    device.count(frames: 20, at: Self.start)
    #expect(device.isCounting)
    var numbers: [[UInt8]] = []
    // The C library sends each of them twice.
    for frame in Self.frames(&device) where numbers.last != Array(frame.payload) {
      numbers.append(Array(frame.payload))
    }
    #expect(numbers == (0..<20).map { [UInt8($0), 0, 0, 0] })
    #expect(
      !device.isCounting && device.counters.acknowledged == 20 && device.counters.givenUp == 0
        && device.counters.notQueued == 0)
  }

  @Test("tells which frames have come, once")
  func received() throws {
    var device = Self.device()
    device.receive(try Self.bytes(.setLED, [1]), at: Self.start)
    #expect(device.takeReceived() == [try EvominFrame(.setLED, [1])])
    #expect(device.takeReceived().isEmpty)
  }

  @Test("tells a press and a release unasked, once each")
  func button() throws {
    var device = Self.device()
    device.press(at: Self.start)
    device.press(at: Self.start)
    #expect(device.isButtonPressed)
    #expect(Self.frames(&device) == [try EvominFrame(.button, [1])])
    device.release(at: Self.start)
    #expect(Self.frames(&device) == [try EvominFrame(.button, [0])])
  }

  @Test("sends an acknowledged frame again after 3 s with the C library, or by a fault")
  func duplicates() throws {
    let pressed = try EvominFrame(.button, [1])
    var c = Self.device(.c)
    c.press(at: Self.start)
    #expect(Self.frames(&c) == [pressed, pressed])
    for firmware in [EvominFirmware.robust, .python] {
      var device = Self.device(firmware)
      device.apply(.duplicates(true), at: Self.start)
      device.press(at: Self.start)
      #expect(Self.frames(&device) == [pressed, pressed])
    }
  }

  @Test("sends nothing for a second, and swallows a byte after a stray one, with the Python library")
  func python() throws {
    var device = Self.device(.python)
    device.press(at: Self.start)
    #expect(device.deadline == Self.start + ms(1000))
    #expect(device.takeOutput() == [])
    device = Self.device(.python)
    device.receive([0x00] + (try Self.bytes(.setLED, [1])), at: Self.start)
    #expect(!device.isLEDOn)
  }

  @Test("repeats a frame that nobody acknowledges, and gives it up", arguments: EvominFirmware.allCases)
  func givesUp(_ firmware: EvominFirmware) throws {
    var device = Self.device(firmware)
    device.press(at: Self.start)
    #expect(Self.frames(&device, acknowledges: false).count == 3)
    #expect(device.counters.givenUp == 1)
  }

  @Test("loses its acknowledgement, hears nothing, or hears something else, as it is told")
  func faults() throws {
    let command = try Self.bytes(.setLED, [1])
    var device = Self.device()
    device.apply(.lostAcknowledgements(perMillion: 1_000_000), at: Self.start)
    device.receive(command, at: Self.start)
    #expect(device.isLEDOn && device.takeOutput() == [])
    device.apply(.none, at: Self.start)
    device.receive(command, at: Self.start)
    #expect(device.takeOutput() == [0xFF])
    device.apply(.silence(nanoseconds: ms(100)), at: Self.start)
    device.receive(command, at: Self.start + ms(99))
    #expect(device.takeOutput() == [] && device.counters.received == 2)
    device.receive(command, at: Self.start + ms(100))
    #expect(device.takeOutput() == [0xFF])
    device.apply(.lostBytes(perMillion: 1_000_000), at: Self.start)
    device.receive(command, at: Self.start + ms(100))
    #expect(device.takeOutput() == [] && device.counters.received == 3)
  }

  @Test(
    "damages bytes at the rate it is told",
    arguments: [
      EvominFault.byteErrors(perMillion: 10_000), .bitErrors(perMillion: 1250),
    ])
  func rates(_ fault: EvominFault) throws {
    var line = FaultyLine(seed: 3)
    line.apply(fault, at: 0)
    let damaged = (0..<100_000).count { _ in line.bring(0x5A, at: 0).byte != 0x5A }
    #expect(850...1150 ~= damaged)
    line.apply(.none, at: 0)
    #expect((0..<1000).allSatisfy { _ in line.bring(0x5A, at: 0) == (nil, 0x5A) })
    line.apply(.strayBytes(perMillion: 100_000), at: 0)
    let stray = (0..<10_000).count { _ in line.bring(0x5A, at: 0).stray != nil }
    #expect(850...1150 ~= stray)
  }

  @Test("hangs on a length over 50 with the Python library, until it is restarted")
  func hangs() throws {
    var device = Self.device(.python)
    device.receive([0xAA, 0xAA, 0xAA, 0x10, 0x33] + [UInt8](repeating: 1, count: 51), at: Self.start)
    #expect(device.isHung)
    device.press(at: Self.start)
    #expect(device.counters.notQueued == 1)
    #expect(device.deadline == nil)
    device.restart(at: Self.start)
    #expect(!device.isHung)
    device.receive(try Self.bytes(.setLED, [1]), at: Self.start)
    #expect(device.isLEDOn)
  }

  @Test("has done with its counting when it is switched off in the middle of it", arguments: EvominFirmware.allCases)
  func switchedOff(firmware: EvominFirmware) {
    var device = Self.device(firmware)
    device.count(frames: 20, at: Self.start)
    #expect(device.isCounting)
    device.restart(at: Self.start)
    #expect(!device.isCounting && device.counters.forgotten == device.counters.queued)
  }

  @Test("counts what its queue does not take")
  func fullQueue() {
    var device = Self.device(.c)
    for _ in 0..<3 {
      device.press(at: Self.start)
      device.release(at: Self.start)
    }
    #expect(device.counters.queued == 4)
    #expect(device.counters.notQueued == 2)
  }

  @Test("does the same again for the same seed")
  func seeds() throws {
    func output(_ seed: UInt64) throws -> [UInt8] {
      var device = Self.device(seed: seed)
      device.apply(.byteErrors(perMillion: 100_000), at: 0)
      for _ in 0..<50 { device.receive(try Self.bytes(.sendIDN), at: Self.start) }
      return device.takeOutput()
    }
    #expect(try output(7) == output(7))
    #expect(try output(7) != output(8))
  }

  @Test("loses nothing unseen on a bad line", arguments: EvominFirmware.allCases)
  func badLine(_ firmware: EvominFirmware) throws {
    var world = DeviceWorld(firmware, seed: 9)
    world.device.apply(.byteErrors(perMillion: 10_000), at: 0)
    world.device.apply(.strayBytes(perMillion: 2000), at: 0)
    var hangs = 0
    for index in 0..<100 {
      try world.command(.setLED, [UInt8(index & 1)])
      guard world.device.isHung else { continue }
      hangs += 1
      world.device.restart(at: world.now)
    }
    #expect(world.acknowledged + world.gaveUp == 100)
    #expect(world.acknowledged >= 95 - hangs)
    #expect(Int(world.device.counters.received) >= world.acknowledged)
    #expect(hangs == 0 || firmware == .python)
  }
}
