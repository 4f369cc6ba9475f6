import BusWire
import Frames
import Testing

@testable import ProgramSupport

extension EvominBridgeTests {
  /// Frames that passed for what they were not, over both ways: a CRC of eight bits does not see everything.
  private static let slippedFramesMax = 3

  @Test("at one byte in a hundred damaged, each frame arrives once or is reported, both ways")
  func onePercent() throws {
    let count: UInt32 = 300
    let person = try ready("--retry", "100", "--sim-retry", "100", "--gap", "20")
    let module = try #require(person.module)
    try simulate(person, .byteErrors, 10_000)
    try simulate(person, .count, count)
    for number in 0..<count {
      try person.bus.send(EvominToDevice(request: number + 1, command: 0x40, payload: Self.bytes(number)))
    }
    var slipped = 0

    var outcomes: [UInt32: JobOutcome] = [:]
    for number in 0..<count {
      let result = try person.expect(EvominResult.self)
      #expect(result.request == number + 1, "one result for each, in order")
      #expect(result.outcome == .done || (result.outcome == .failed && result.attempts == 3))
      outcomes[number] = result.outcome
    }
    try module.waitForLog("event=device_counted")
    let received = module.errors.lines.filter { $0.contains("event=device_received") }
    let sent = Dictionary(uniqueKeysWithValues: (0..<count).map { (Self.logged($0), $0) })
    slipped += received.count { line in !sent.keys.contains { line.hasSuffix($0) } }
    for (text, number) in sent where outcomes[number] == .done {
      if !received.contains(where: { $0.hasSuffix(text) }) { slipped += 1 }
    }

    try simulate(person, .noFaults)
    try person.send(EvominToDevice(request: count + 1, command: 0xCD))
    var told: [UInt32: Int] = [:]
    var duplicates: UInt64 = 0
    while true {
      let frame = try person.expect(EvominFromDevice.self)
      if frame.command == 0xCD { break }
      if frame.duplicate {
        duplicates += 1
      } else if frame.command == 0x13, frame.payload.count == 4, Self.number(frame.payload) < count {
        told[Self.number(frame.payload), default: 0] += 1
      } else {
        slipped += 1
      }
    }
    #expect(told.values.allSatisfy { $0 == 1 }, "what came again is marked")
    let gaveUp = try #require(Self.fact("given_up", of: module.errors.lines.last { $0.contains("device_counted") }))
    #expect(Int(count) - told.count <= gaveUp + slipped, "\(told.count) came, the device gave up \(gaveUp)")
    #expect(slipped <= Self.slippedFramesMax)

    try person.bus.request(.evominStatus)
    let status = try person.expect(EvominStatus.self) { $0.queueLength == 0 && $0.sent == UInt64(count) + 1 }
    #expect(status.acknowledged + status.givenUp == status.sent && status.refused == 0 && status.lost == 0)
    #expect(status.givenUp == UInt64(outcomes.values.count { $0 == .failed }))
    // The device may repeat itself once more after the last of its frames was counted here.
    #expect(status.duplicates >= duplicates && status.retries > 0 && status.checksumErrors > 0)
  }

  private static func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

  private static func number(_ bytes: [UInt8]) -> UInt32 { bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } }

  /// How the log of the simulated device ends for a command with this number.
  private static func logged(_ number: UInt32) -> String {
    let digits = bytes(number).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    return "frame=\"0x40 [\(digits.joined(separator: " "))]\""
  }

  /// A number of a line of the log.
  private static func fact(_ key: String, of line: String?) -> Int? {
    line?.split(separator: " ").first { $0.hasPrefix(key + "=") }.flatMap { Int($0.dropFirst(key.count + 1)) }
  }
}
