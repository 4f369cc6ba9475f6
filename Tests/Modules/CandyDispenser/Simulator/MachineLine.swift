import CandyDispenserProtocol
import CandyDispenserSimulator
import TestSupport

/// A simulated machine, and a test that speaks to it like a host.
struct MachineLine {
  var machine: SimulatedCandyMachine
  private(set) var now: UInt64 = 1_000_000_000
  private(set) var heard = ""
  /// When each piece was heard.
  private(set) var times: [UInt64] = []
  private(set) var unplugs: [UInt64] = []

  init(_ firmware: SimulatedFirmware, seed: UInt64 = 1) {
    machine = SimulatedCandyMachine(firmware: firmware, random: SeededRandom(seed: seed), at: now)
  }

  mutating func send(_ bytes: [UInt8]) {
    machine.receive(bytes, at: now)
    listen()
  }

  mutating func send(_ messages: CandyMessage...) { send(messages.flatMap(\.bytes)) }

  mutating func pass(milliseconds: UInt64) {
    let end = now + milliseconds * 1_000_000
    while let due = machine.deadline, due <= end {
      now = max(now, due)
      machine.tick(at: now)
      listen()
    }
    now = end
  }

  private mutating func listen() {
    while let output = machine.nextOutput(at: now) {
      switch output {
      case .bytes(let bytes):
        heard += String(decoding: bytes, as: UTF8.self)
        times.append(now)
      case .unplugged: unplugs.append(now)
      case .plugged: break
      }
    }
  }

  /// What was heard since the last time.
  mutating func take() -> String {
    defer {
      heard = ""
      times = []
    }
    return heard
  }

  /// A machine that is connected, and whose tasks run.
  static func connected(_ firmware: SimulatedFirmware, seed: UInt64 = 1) -> MachineLine {
    var line = MachineLine(firmware, seed: seed)
    line.send(CandyPacket.probe.bytes)
    line.send(CandyMessage.establish.bytes)
    line.pass(milliseconds: 1500)
    _ = line.take()
    return line
  }
}
