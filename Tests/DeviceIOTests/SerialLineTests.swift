import BusSystem
import DeviceIO
import TestSupport
import Testing

@Suite("Serial lines")
struct SerialLineTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("device")
  }

  private let millisecond: UInt64 = 1_000_000

  /// A line that is open, and the device at its other end.
  private func openLine() throws -> (SerialLine, PseudoTerminal) {
    let device = try PseudoTerminal(link: path)
    var line = try SerialLine(path: path, baud: 9600)
    #expect(line.poll(now: 0) == .opened)
    return (line, device)
  }

  private func lost(_ verb: String) -> SerialLine.Event {
    .lost(
      SystemError(code: SystemError.inputOutput, call: "\(verb) \(path)", advice: "was the device unplugged?"))
  }

  @Test("opens at the first poll and tells it once; every byte passes unchanged, both ways")
  func bytes() throws {
    var (line, device) = try openLine()
    defer {
      line.close()
      device.close()
    }
    #expect(line.isOpen)
    #expect(line.poll(now: 1) == nil)
    let all = (UInt8.min...UInt8.max).map(\.self)
    #expect(line.write(all) == true)
    #expect(device.descriptor.readBytes(256) == all)
    #expect(device.descriptor.writeBytes(all) == 256)
    var received: [UInt8] = []
    while received.count < 256 {
      line.descriptor.waitUntilReadable()
      #expect(line.read { received += bytes(of: $0) } == nil)
    }
    #expect(received == all)
    #expect(line.read { _ in Issue.record("there is no more") } == nil)
    #expect(!line.descriptor.isReadable)
  }

  private func bytes(of span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }

  @Test("a device that is not there is told once, and again when the cause is another one")
  func unavailable() throws {
    var line = try SerialLine(path: path, baud: 9600)
    defer { line.close() }
    let missing = SystemError(
      code: SystemError.noSuchFile, call: "open \(path)", advice: "is the device plugged in, and is the path right?")
    #expect(line.poll(now: 0) == .unavailable(missing))
    for second in UInt64(1)...10 { #expect(line.poll(now: second * 1000 * millisecond) == nil) }
    #expect(!line.isOpen)
    #expect(line.write([1]) == false)
    #expect(line.read { _ in Issue.record("it is closed") } == nil)
    #expect(!line.descriptor.isReadable)
    try folder.makeLink("device", to: "/dev/null")
    let other = SystemError(
      code: SystemError.notATerminal, call: "open \(path)", advice: "this is no serial port; choose another path")
    #expect(line.poll(now: 20_000 * millisecond) == .unavailable(other))
  }

  @Test("is tried again after 100 ms, and then less and less often, but at least every 2 s")
  func retries() throws {
    var line = try SerialLine(path: path, baud: 9600)
    defer { line.close() }
    var now: UInt64 = 0
    for pause in [100, 200, 400, 800, 1600, 2000, 2000] as [UInt64] {
      // An attempt now, with the device gone again at once if it was there.
      _ = line.poll(now: now)
      #expect(!line.isOpen)
      let device = try PseudoTerminal(link: path)
      #expect(line.poll(now: now + pause * millisecond - 1) == nil)
      device.close()
      now += pause * millisecond
    }
    let device = try PseudoTerminal(link: path)
    defer { device.close() }
    #expect(line.poll(now: now) == .opened)
  }

  @Test("an unplugged device is told once, and found again under the same link with another number")
  func replugged() throws {
    var (line, first) = try openLine()
    defer { line.close() }
    first.close()
    line.descriptor.waitUntilReadable()
    let second = try PseudoTerminal(link: path)
    defer { second.close() }
    #expect(second.path != first.path)
    #expect(line.read { _ in Issue.record("nothing came") } == lost("read"))
    #expect(line.read { _ in Issue.record("it is closed") } == nil)
    #expect(!line.isOpen)
    #expect(!line.descriptor.isReadable)
    #expect(line.poll(now: 1000 * millisecond) == .opened)
    #expect(line.write([7]) == true)
    #expect(second.descriptor.readBytes(1) == [7])
    second.descriptor.writeBytes([8])
    line.descriptor.waitUntilReadable()
    var received: [UInt8] = []
    #expect(line.read { received += bytes(of: $0) } == nil)
    #expect(received == [8])
  }

  @Test("a loss that a write finds is told by whatever is called next")
  func lostWriting() throws {
    var (line, device) = try openLine()
    defer { line.close() }
    device.close()
    #expect(line.write([1]) == false)
    #expect(line.poll(now: 1) == lost("write"))
    #expect(line.flush() == nil)
  }

  @Test("a device that goes as soon as it has come is not tried without a pause")
  func flapping() throws {
    var (line, first) = try openLine()
    defer { line.close() }
    first.close()
    let second = try PseudoTerminal(link: path)
    #expect(line.read { _ in } == lost("read"))
    #expect(line.poll(now: 199 * millisecond) == nil)
    #expect(line.poll(now: 200 * millisecond) == .opened)
    second.close()
    let third = try PseudoTerminal(link: path)
    #expect(line.read { _ in } == lost("read"))
    #expect(line.poll(now: 599 * millisecond) == nil)
    #expect(line.poll(now: 600 * millisecond) == .opened)
    // It speaks, so it is good.
    third.descriptor.writeBytes([1])
    line.descriptor.waitUntilReadable()
    #expect(line.read { _ in } == nil)
    third.close()
    let fourth = try PseudoTerminal(link: path)
    defer { fourth.close() }
    #expect(line.read { _ in } == lost("read"))
    #expect(line.poll(now: 699 * millisecond) == nil)
    #expect(line.poll(now: 700 * millisecond) == .opened)
  }

  @Test("a line that takes nothing refuses whole messages when its buffer is full, and sends all others in order")
  func full() throws {
    var (line, device) = try openLine()
    defer {
      line.close()
      device.close()
    }
    #expect(line.write([UInt8](repeating: 0, count: SerialLine.outputBytesMax + 1)) == false)
    var accepted: [UInt8] = []
    var number = 0
    while true {
      let message = (0..<100).map { UInt8(truncatingIfNeeded: number * 7 + $0) }
      guard line.write(message) else { break }
      accepted += message
      number += 1
      try #require(number < 10_000)
    }
    #expect(line.isOpen)
    #expect(accepted.count > SerialLine.outputBytesMax)
    #expect(!line.descriptor.isReadable, "there is nothing to do until there is room")
    var arrived: [UInt8] = []
    while arrived.count < accepted.count {
      arrived += device.descriptor.readSome()
      #expect(line.poll(now: 1) == nil)
    }
    #expect(arrived == accepted)
    #expect(device.descriptor.readOnce() == .wouldBlock)
    #expect(!line.descriptor.isReadable)
    #expect(line.write([1]) == true)
  }

  @Test("wakes when there is room for what waits")
  func room() throws {
    var (line, device) = try openLine()
    defer {
      line.close()
      device.close()
    }
    while line.write([UInt8](repeating: 5, count: 512)) {}
    #expect(!line.descriptor.isReadable)
    while !line.descriptor.isReadable { _ = device.descriptor.readSome() }
    #expect(line.flush() == nil)
  }

  @Test("a device that never stops does not keep read from returning: after 16 KiB the rest is for the next call")
  func bounded() throws {
    var (line, device) = try openLine()
    defer {
      line.close()
      device.close()
    }
    var sent = 0
    var received = 0
    func send() {
      let count = device.descriptor.writeBytes((sent..<sent + 4096).map { UInt8(truncatingIfNeeded: $0 / 3) })
      sent += count
    }
    for call in 1...3 {
      send()
      let event = line.read { bytes in
        for index in bytes.indices {
          if bytes[index] != UInt8(truncatingIfNeeded: received / 3) { Issue.record("byte \(received) is another") }
          received += 1
        }
        send()
      }
      #expect(event == nil)
      #expect(received == call * SerialLine.readBytesMax)
      #expect(line.descriptor.isReadable)
    }
  }

  @Test("what was written before the end arrives, and a line that takes nothing does not hold it up")
  func closing() throws {
    var (line, device) = try openLine()
    defer { device.close() }
    #expect(line.write([1, 2, 3]) == true)
    line.close()
    #expect(!line.isOpen)
    #expect(line.write([4]) == false)
    #expect(line.poll(now: 100_000 * millisecond) == nil)
    line.close()
    #expect(device.descriptor.readBytes(3) == [1, 2, 3])

    var stuck = try SerialLine(path: path, baud: 9600)
    #expect(stuck.poll(now: 0) == .opened)
    while stuck.write([UInt8](repeating: 6, count: 512)) {}
    stuck.close(drainMilliseconds: 1)
    #expect(!stuck.isOpen)
  }
}
