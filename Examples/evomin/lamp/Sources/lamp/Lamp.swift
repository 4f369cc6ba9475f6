import EvominBridgeProtocol
import Glibc

/// A serial port as evoMIN wants it: bytes in, bytes out, and no waiting.
struct SerialPort: EvominTransport {
  private let file: Int32

  init?(path: String) {
    file = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
    var settings = termios()
    guard file >= 0, tcgetattr(file, &settings) == 0 else { return nil }
    cfmakeraw(&settings)
    cfsetspeed(&settings, speed_t(B115200))
    tcsetattr(file, TCSANOW, &settings)
    tcflush(file, TCIFLUSH)  // nothing of what came before
  }

  func describe() -> EvominLine { .uart(EvominSettings(peer: .any)) }

  mutating func write(_ byte: UInt8) -> UInt8? {
    _ = withUnsafeBytes(of: byte) { Glibc.write(file, $0.baseAddress, 1) }
    return nil
  }

  mutating func read() -> UInt8? {
    var byte: UInt8 = 0
    return Glibc.read(file, &byte, 1) == 1 ? byte : nil
  }
}

/// Switches a lamp whenever the device's button is pressed.
@main struct Lamp: EvominApplication {
  var port: EvominPort<SerialPort>
  private var isOn = false

  /// Monotonic nanoseconds: the clock that the protocol reckons by.
  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  mutating func frameReceived(_ frame: EvominFrame, isDuplicate: Bool) {
    print(isDuplicate ? "again" : "received", frame)
    guard frame.command == 0x11, frame.payload.elementsEqual([1]), !isDuplicate else { return }
    isOn.toggle()
    do { try send(0x10, [isOn ? 1 : 0], at: Self.now) } catch { print("not sent:", error) }
  }

  mutating func frameAcknowledged(_ id: EvominSendID) { print("acknowledged", id) }

  mutating func frameGivenUp(_ id: EvominSendID, _ failure: EvominFailure) { print("given up:", failure) }

  static func main() throws {
    guard CommandLine.arguments.count == 2, let port = SerialPort(path: CommandLine.arguments[1]) else {
      print("usage: lamp PORT")
      exit(2)
    }
    var lamp = Lamp(port: EvominPort(port, seed: .random(in: 0 ... .max), at: now))
    try lamp.send(0xCD, at: now)  // asks the device for its name
    while true {
      lamp.poll(at: now)
      usleep(2000)
    }
  }
}
