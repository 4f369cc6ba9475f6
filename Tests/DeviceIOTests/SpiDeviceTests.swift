import BusSystem
import DeviceIO
import Testing

@Suite("SPI devices")
struct SpiDeviceTests {
  @Test(
    "what is not there, or is none, is told what to look at",
    arguments: [
      (
        "/dev/spidev47.11",
        "open /dev/spidev47.11: No such file or directory; "
          + "is SPI switched on (dtparam=spi=on), and is the path right?"
      ),
      ("/dev/null", "open /dev/null: Inappropriate ioctl for device; this is no SPI device; choose another path"),
    ])
  func noDevice(_ path: String, _ text: String) {
    let error = #expect(throws: SystemError.self) { _ = try SpiDevice(path: path, speedHertz: 1_000_000) }
    #expect(error?.description == text)
  }
}
