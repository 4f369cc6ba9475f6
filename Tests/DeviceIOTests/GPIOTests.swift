import BusSystem
import DeviceIO
import Glibc
import TestSupport
import Testing

@Suite("GPIO chips and their lines")
struct GPIOTests {
  @Test(
    "a line is named by its offset, as Broadcom counts, or by its pin of the header",
    arguments: [("17", 17), ("BCM17", 17), ("gpio4", 4), ("BOARD11", 17), ("board22", 25), ("BOARD40", 21)]
      as [(String, UInt32)])
  func names(text: String, offset: UInt32) throws { #expect(try GPIOLine(text).offset == offset) }

  @Test("a line is written as it was named", arguments: ["17", "BCM17", "BOARD11"])
  func written(text: String) throws { #expect("\(try GPIOLine(text))" == text) }

  @Test("what names no line is refused", arguments: ["", "x", "BCM", "17x", "PIN4", "-1", "4294967296"])
  func noLine(text: String) {
    let error = #expect(throws: GPIOLine.ParseError.self) { _ = try GPIOLine(text) }
    #expect(error?.description == "'\(text)' is no line; write 17 for an offset of the chip, BCM17, or BOARD11")
  }

  @Test("power and ground of the header are no lines", arguments: [1, 2, 4, 6, 9, 14, 17, 20, 25, 30, 34, 39, 41])
  func power(pin: Int) {
    let error = #expect(throws: GPIOLine.ParseError.self) { _ = try GPIOLine("BOARD\(pin)") }
    #expect(error?.description.hasPrefix("pin \(pin) of the header is no GPIO line; those are 3, 5, 7, 8") == true)
  }

  @Test(
    "what is not there, or is none, is told what to look at",
    arguments: [
      (
        "/dev/gpiochip4711",
        "open /dev/gpiochip4711: No such file or directory; "
          + "is this the machine with the pins? 'ls /dev/gpiochip*' shows its chips"
      ),
      (
        "/dev/null",
        "open /dev/null: Inappropriate ioctl for device; this is no GPIO chip, or its kernel is older than Linux 5.10"
      ),
    ])
  func noChip(path: String, text: String) {
    let error = #expect(throws: SystemError.self) { _ = try GPIOChip(path: path) }
    #expect(error?.description == text)
  }

  @Test("a chip that is not there is named by its label")
  func noLabel() {
    let error = #expect(throws: SystemError.self) { _ = try GPIOChip(labels: ["no such chip"]) }
    #expect(error?.description.hasPrefix("find a GPIO chip labelled 'no such chip': No such device") == true)
  }
}

@Suite("Simulated lines")
struct SimulatedLinesTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("lines") }

  init() throws { folder = try TemporaryFolder() }

  @Test("are off at first, are set together, and keep a log of what has changed")
  func setting() throws {
    let lines = try SimulatedLines(path: path, count: 8)
    #expect(try folder.text(of: "lines") == "00000000")
    try lines.set(0b1000_0101)
    #expect(try folder.text(of: "lines") == "10100001")
    try lines.set(0b1000_0000)
    let log = try folder.text(of: "lines.log").split(separator: "\n").map { $0.drop { $0 != " " } }
    #expect(log == [" line=0 on", " line=2 on", " line=7 on", " line=0 off", " line=2 off"])
  }

  @Test("stay as they are when their owner goes, and are off for the next one")
  func owners() throws {
    do { try SimulatedLines(path: path, count: 8).set(3) }
    #expect(try folder.text(of: "lines") == "11000000")
    _ = try SimulatedLines(path: path, count: 8)
    #expect(try folder.text(of: "lines") == "00000000")
    #expect(try folder.text(of: "lines.log").hasSuffix("line=1 off\n"))
  }

  @Test("have one owner at a time, who is named")
  func busy() throws {
    let lines = try SimulatedLines(path: path, count: 8)
    try lines.set(1)
    let error = #expect(throws: SystemError.self) { _ = try SimulatedLines(path: path, count: 8) }
    #expect(error?.code == EBUSY)
    #expect(error?.description.contains("process \(getpid()) has them; end it or choose another file") == true)
    #expect(try folder.text(of: "lines") == "10000000")
  }
}
