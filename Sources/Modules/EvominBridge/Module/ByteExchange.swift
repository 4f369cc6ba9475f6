import BusClient

/// A bus on which a byte comes in while one goes out, with this program as its master. It is closed when nobody has it.
protocol ByteExchange: AnyObject {
  /// - Throws: `SystemError` if the controller does not do it.
  func transfer(_ byte: UInt8) throws(SystemError) -> UInt8
}

/// A device of this machine's SPI bus.
final class SpiExchange: ByteExchange {
  private let device: SpiDevice

  init(_ device: consuming SpiDevice) { self.device = device }

  func transfer(_ byte: UInt8) throws(SystemError) -> UInt8 { try device.transfer(byte) }
}
