import DeviceIO
import TestSupport
import Testing

@Suite("A simulated device at a port of its own")
struct SimulatedPortTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Keeps what it hears, and does what it is told.
  struct Recorder: SimulatedDevice {
    var heard: [UInt8] = []
    var heardMax = Int.max
    var doing: [SimulatedLineEvent] = []
    let deadline: Duration? = .seconds(7)

    var hasRoom: Bool { heard.count < heardMax }

    mutating func receive(_ bytes: [UInt8], at now: Duration) { heard += bytes }

    mutating func nextLineEvent(at now: Duration) -> SimulatedLineEvent? { doing.isEmpty ? nil : doing.removeFirst() }
  }

  @Test("bytes go both ways, and the device says when it is due")
  func bytes() throws {
    var port = try SimulatedPort(Recorder(), path: folder.path("tty"))
    let program = try SerialPort(path: port.path, baud: 9600)
    #expect(program.descriptor.writeBytes([1, 2, 3]) == 3)
    port.descriptor.waitUntilReadable()
    port.device.doing = [.bytes([4, 5]), .bytes([6])]
    try port.process(at: .seconds(1))
    #expect(port.device.heard == [1, 2, 3])
    #expect(program.descriptor.readBytes(3) == [4, 5, 6])
    #expect(port.deadline == .seconds(7) && port.lostBytes == 0)
  }

  @Test("the path stays the same over unplugging and plugging in, and leads nowhere in between")
  func plugs() throws {
    var port = try SimulatedPort(Recorder(), path: folder.path("tty"))
    let program = try SerialPort(path: port.path, baud: 9600)
    for _ in 0..<3 {
      port.device.doing = [.unplugged, .bytes([1])]
      try port.process(at: .seconds(1))
      #expect(!port.descriptor.isReadable && folder.target("tty") == nil)
      program.descriptor.waitUntilReadable()
      #expect(program.descriptor.readOnce() == .endOfStream)
      port.device.doing = [.plugged, .bytes([2])]
      try port.process(at: .seconds(2))
      let again = try SerialPort(path: folder.path("tty"), baud: 9600)
      #expect(again.descriptor.writeBytes([9]) == 1)
      port.descriptor.waitUntilReadable()
    }
    #expect(port.lostBytes == 0)
    _ = consume port
    #expect(folder.target("tty") == nil)
  }

  @Test("what nobody reads is kept up to a limit; what is beyond is counted, and the rest arrives")
  func overflow() throws {
    var port = try SimulatedPort(Recorder(), path: folder.path("tty"))
    let program = try SerialPort(path: port.path, baud: 9600)
    let count = 1 << 20
    port.device.doing = Array(repeating: .bytes([UInt8](repeating: 1, count: 1024)), count: count / 1024)
    try port.process(at: .seconds(1))
    #expect(port.lostBytes > 0)
    var arrived = 0
    while arrived + Int(port.lostBytes) < count {
      let piece = program.descriptor.readSome().count
      try #require(piece > 0)
      arrived += piece
      try port.process(at: .seconds(2))
    }
    #expect(arrived + Int(port.lostBytes) == count)
    #expect(arrived >= SimulatedPort<Recorder>.outputBytesMax)
  }

  @Test("a device without room leaves the bytes in the line, which holds the sender back")
  func noRoom() throws {
    var port = try SimulatedPort(Recorder(heardMax: 10), path: folder.path("tty"))
    let program = try SerialPort(path: port.path, baud: 9600)
    #expect(program.descriptor.writeBytes([UInt8](repeating: 3, count: 10)) == 10)
    port.descriptor.waitUntilReadable()
    try port.process(at: .seconds(1))
    #expect(port.device.heard.count == 10 && !port.descriptor.isReadable, "nobody is woken for what it does not take")
    #expect(program.descriptor.writeBytes([UInt8](repeating: 3, count: 1 << 20)) < 1 << 20)
    try port.process(at: .seconds(2))
    #expect(port.device.heard.count == 10)
    port.device.heard = []
    try port.process(at: .seconds(3))
    #expect(port.device.heard.isEmpty == false)
  }
}
