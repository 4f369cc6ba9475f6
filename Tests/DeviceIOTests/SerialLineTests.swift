import BusSystem
import DeviceIO
import Synchronization
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

  /// A line that is open; the device is plugged in already.
  private func openLine() throws -> SerialLine {
    var line = try SerialLine(path: path, baud: 9600)
    #expect(line.poll(now: .zero) == .opened)
    return line
  }

  /// What has arrived.
  private func arrived(on line: inout SerialLine, _ location: SourceLocation = #_sourceLocation) -> [UInt8] {
    var bytes: [UInt8] = []
    #expect(line.read(into: &bytes) == nil, sourceLocation: location)
    return bytes
  }

  /// What a read comes to that brings nothing.
  private func event(on line: inout SerialLine, _ location: SourceLocation = #_sourceLocation) -> SerialLine.Event? {
    var bytes: [UInt8] = []
    let event = line.read(into: &bytes)
    #expect(bytes.isEmpty, sourceLocation: location)
    return event
  }

  private func lost(_ verb: String) -> SerialLine.Event {
    .lost(
      SystemError(code: SystemError.inputOutput, call: "\(verb) \(path)", advice: "was the device unplugged?"))
  }

  @Test("opens at the first poll and tells it once; every byte passes unchanged, both ways")
  func bytes() throws {
    let device = try PseudoTerminal(link: path)
    var line = try openLine()
    #expect(line.isOpen == true)
    #expect(line.poll(now: .nanoseconds(1)) == nil)
    let all = (UInt8.min...UInt8.max).map(\.self)
    #expect(line.write(all) == true)
    #expect(device.descriptor.readBytes(256) == all)
    #expect(device.descriptor.writeBytes(all) == 256)
    var received: [UInt8] = []
    while received.count < 256 {
      line.descriptor.waitUntilReadable()
      received += arrived(on: &line)
    }
    #expect(received == all)
    #expect(event(on: &line) == nil)
    #expect(line.descriptor.isReadable == false)
  }

  @Test("a device that is not there is told once, and again when the cause is another one")
  func unavailable() throws {
    var line = try SerialLine(path: path, baud: 9600)
    let missing = SystemError(
      code: SystemError.noSuchFile, call: "open \(path)", advice: "is the device plugged in, and is the path right?")
    #expect(line.poll(now: .zero) == .unavailable(missing))
    for second in 1...10 { #expect(line.poll(now: .seconds(second)) == nil) }
    #expect(line.isOpen == false)
    #expect(line.write([1]) == false)
    #expect(event(on: &line) == nil)
    #expect(line.descriptor.isReadable == false)
    try folder.makeLink("device", to: "/dev/null")
    let other = SystemError(
      code: SystemError.notATerminal, call: "open \(path)", advice: "this is no serial port; choose another path")
    #expect(line.poll(now: .milliseconds(20_000)) == .unavailable(other))
  }

  @Test("is tried again after 100 ms, and then less and less often, but at least every 2 s")
  func retries() throws {
    var line = try SerialLine(path: path, baud: 9600)
    var now = Duration.zero
    for pause in [100, 200, 400, 800, 1600, 2000, 2000].map({ Duration.milliseconds($0) }) {
      // An attempt now, with the device gone again at once if it was there.
      _ = line.poll(now: now)
      #expect(line.isOpen == false)
      let device = try PseudoTerminal(link: path)
      #expect(line.poll(now: now + pause - .nanoseconds(1)) == nil)
      device.unplug()
      now += pause
    }
    let device = try PseudoTerminal(link: path)
    #expect(line.poll(now: now) == .opened)
    device.unplug()
  }

  @Test("an unplugged device is told once, and found again under the same link with another number")
  func replugged() throws {
    let first = try PseudoTerminal(link: path)
    let firstPath = first.path
    var line = try openLine()
    first.unplug()
    line.descriptor.waitUntilReadable()
    let second = try PseudoTerminal(link: path)
    #expect(second.path != firstPath)
    #expect(event(on: &line) == lost("read"))
    #expect(event(on: &line) == nil)
    #expect(line.isOpen == false)
    #expect(line.descriptor.isReadable == false)
    #expect(line.poll(now: .milliseconds(1000)) == .opened)
    #expect(line.write([7]) == true)
    #expect(second.descriptor.readBytes(1) == [7])
    second.descriptor.writeBytes([8])
    line.descriptor.waitUntilReadable()
    #expect(arrived(on: &line) == [8])
  }

  @Test("a loss that a write finds is told by whatever is called next")
  func lostWriting() throws {
    let device = try PseudoTerminal(link: path)
    var line = try openLine()
    device.unplug()
    #expect(line.write([1]) == false)
    #expect(line.poll(now: .nanoseconds(1)) == lost("write"))
    #expect(line.flush() == nil)
  }

  @Test("a device that goes as soon as it has come is not tried without a pause")
  func flapping() throws {
    let first = try PseudoTerminal(link: path)
    var line = try openLine()
    first.unplug()
    let second = try PseudoTerminal(link: path)
    #expect(event(on: &line) == lost("read"))
    #expect(line.poll(now: .milliseconds(199)) == nil)
    #expect(line.poll(now: .milliseconds(200)) == .opened)
    second.unplug()
    let third = try PseudoTerminal(link: path)
    #expect(event(on: &line) == lost("read"))
    #expect(line.poll(now: .milliseconds(599)) == nil)
    #expect(line.poll(now: .milliseconds(600)) == .opened)
    // It speaks, so it is good.
    third.descriptor.writeBytes([1])
    line.descriptor.waitUntilReadable()
    #expect(arrived(on: &line) == [1])
    third.unplug()
    let fourth = try PseudoTerminal(link: path)
    #expect(event(on: &line) == lost("read"))
    #expect(line.poll(now: .milliseconds(699)) == nil)
    #expect(line.poll(now: .milliseconds(700)) == .opened)
    fourth.unplug()
  }

  @Test("a line that takes nothing refuses whole messages when its buffer is full, and sends all others in order")
  func full() throws {
    let device = try PseudoTerminal(link: path)
    var line = try openLine()
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
    #expect(line.isOpen == true)
    #expect(accepted.count > SerialLine.outputBytesMax)
    #expect(line.descriptor.isReadable == false, "there is nothing to do until there is room")
    var arrived: [UInt8] = []
    while arrived.count < accepted.count {
      arrived += device.descriptor.readSome()
      #expect(line.poll(now: .nanoseconds(1)) == nil)
    }
    #expect(arrived == accepted)
    #expect(device.descriptor.readOnce() == .wouldBlock)
    #expect(line.descriptor.isReadable == false)
    #expect(line.write([1]) == true)
  }

  @Test("wakes when there is room for what waits")
  func room() throws {
    let device = try PseudoTerminal(link: path)
    var line = try openLine()
    while line.write([UInt8](repeating: 5, count: 512)) {}
    #expect(line.descriptor.isReadable == false)
    while !line.descriptor.isReadable { _ = device.descriptor.readSome() }
    #expect(line.flush() == nil)
  }

  @Test("a device that never stops does not keep read from returning: after 16 KiB the rest is for the next call")
  func bounded() throws {
    let device = try PseudoTerminal(link: path)
    var line = try openLine()
    let terminal = device.descriptor
    let isOver = Atomic(false)
    let sender = try Thread {
      var sent = 0
      while !isOver.load(ordering: .relaxed) {
        sent += terminal.writeBytes((sent..<sent + 4096).map { UInt8(truncatingIfNeeded: $0 / 3) })
      }
    }
    var received: [UInt8] = []
    while received.count < 1 << 20 {
      line.descriptor.waitUntilReadable()
      let before = received.count
      #expect(line.read(into: &received) == nil)
      #expect(received.count - before <= SerialLine.readBytesMax)
    }
    isOver.store(true, ordering: .relaxed)
    sender.join()
    #expect(received == received.indices.map { UInt8(truncatingIfNeeded: $0 / 3) })
    device.unplug()
  }

  @Test("what was written before the end arrives, and a line that takes nothing does not hold it up")
  func closing() throws {
    let device = try PseudoTerminal(link: path)
    var line = try openLine()
    #expect(line.write([1, 2, 3]) == true)
    line.close()
    #expect(line.isOpen == false)
    #expect(line.write([4]) == false)
    #expect(line.poll(now: .milliseconds(100_000)) == nil)
    line.close()
    #expect(device.descriptor.readBytes(3) == [1, 2, 3])

    var stuck = try SerialLine(path: path, baud: 9600)
    #expect(stuck.poll(now: .zero) == .opened)
    while stuck.write([UInt8](repeating: 6, count: 512)) {}
    stuck.close(patience: .milliseconds(1))
    #expect(stuck.isOpen == false)
  }
}
