import BusSystem
import DeviceIO
import Glibc
import Testing

@Suite("Serial ports")
struct SerialPortTests {
  private func expectFailure(
    _ path: String, baud: Int = 9600, code: Int32, says text: String, _ location: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: SystemError.self, sourceLocation: location) {
      _ = try SerialPort(path: path, baud: baud)
    }
    #expect(error?.code == code, sourceLocation: location)
    #expect(error?.description == text, sourceLocation: location)
  }

  @Test("every byte passes unchanged, both ways, and nothing comes back")
  func raw() throws {
    let device = try PseudoTerminal()
    let port = try SerialPort(path: device.path, baud: 9600)
    let all = (UInt8.min...UInt8.max).map(\.self)
    #expect(port.descriptor.writeBytes(all) == 256)
    #expect(device.descriptor.readBytes(256) == all)
    #expect(device.descriptor.writeBytes(all) == 256)
    #expect(port.descriptor.readBytes(256) == all)
    #expect(device.descriptor.readOnce() == .wouldBlock)
    #expect(port.descriptor.readOnce() == .wouldBlock)
  }

  @Test("what came before it was opened is gone, however much it was")
  func drained() throws {
    let device = try PseudoTerminal()
    let before = device.descriptor.writeBytes([UInt8](repeating: 1, count: 100_000))
    #expect(before > 4096)
    let port = try SerialPort(path: device.path, baud: 9600)
    #expect(port.descriptor.readOnce() == .wouldBlock)
    #expect(device.descriptor.writeBytes([2, 3]) == 2)
    #expect(port.descriptor.readBytes(2) == [2, 3])
  }

  @Test("what the last program sent is not lost when the next one opens the port")
  func outputStays() throws {
    let device = try PseudoTerminal()
    let first = try SerialPort(path: device.path, baud: 9600)
    #expect(first.descriptor.writeBytes([1, 2, 3]) == 3)
    _ = consume first
    _ = try SerialPort(path: device.path, baud: 9600)
    #expect(device.descriptor.readBytes(3) == [1, 2, 3])
  }

  @Test("a second program is told who has the port, even if it is root; then it can have it")
  func exclusive() throws {
    let device = try PseudoTerminal()
    let first = try SerialPort(path: device.path, baud: 9600)
    let name = try #require(Process.name(of: Process.id))
    expectFailure(
      device.path, baud: 115_200, code: SystemError.busy,
      says: "open \(device.path): Device or resource busy; process \(Process.id) (\(name)) has the port; "
        + "end it or choose another port")
    #expect(try Self.baud(of: first.descriptor) == 9600)
    _ = consume first
    _ = try SerialPort(path: device.path, baud: 9600)
  }

  @Test("a device that is not there, or is none, is told what to look at")
  func noDevice() {
    expectFailure(
      "/dev/ttyACM4711", code: SystemError.noSuchFile,
      says: "open /dev/ttyACM4711: No such file or directory; is the device plugged in, and is the path right?")
    expectFailure(
      "/dev/null", code: SystemError.notATerminal,
      says: "open /dev/null: Inappropriate ioctl for device; this is no serial port; choose another path")
  }

  @Test("the rate is any number of bits per second", arguments: [300, 9600, 12_345, 31_250, 115_200, 3_000_000])
  func rates(_ baud: Int) throws {
    let device = try PseudoTerminal()
    let port = try SerialPort(path: device.path, baud: baud)
    #expect(try Self.baud(of: port.descriptor) == UInt32(baud))
  }

  @Test("a rate that nothing can do is refused", arguments: [0, -1, 1 << 32])
  func noRate(_ baud: Int) throws {
    let device = try PseudoTerminal()
    expectFailure(
      device.path, baud: baud, code: SystemError.invalidArgument,
      says: "set \(device.path) to \(baud) baud: Invalid argument; its driver does not take this rate; choose another")
    // It is not left locked.
    _ = try SerialPort(path: device.path, baud: 9600)
  }

  /// The output rate, at its place in the kernel's structure of 44 bytes.
  private static func baud(of port: FileDescriptor) throws -> UInt32 {
    var settings = [UInt32](repeating: 0, count: 11)
    let getSettings: UInt = 0x802C_542A
    try #require(ioctl(port.rawValue, getSettings, &settings) == 0)
    return settings[10]
  }
}
