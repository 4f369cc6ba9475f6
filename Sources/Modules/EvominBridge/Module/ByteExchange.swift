import BusClient

/// A bus on which a byte comes in while one goes out, with this program as its master.
protocol ByteExchange {
  /// - Throws: `SystemError` if the controller does not do it.
  func transfer(_ byte: UInt8) throws(SystemError) -> UInt8
  func close()
}

extension SpiDevice: ByteExchange {}
