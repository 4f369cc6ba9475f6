import BusSystem
import CSys
import Glibc

/// A device on an SPI bus of this machine, through spidev. It is closed when its owner goes.
public struct SpiDevice: ~Copyable, Sendable {
  private let owned: OwnedDescriptor
  private let path: String

  /// Opens a device.
  ///
  /// - Parameters:
  ///   - path: such as `/dev/spidev0.0`.
  ///   - mode: 0 to 3, clock polarity and phase.
  ///   - speedHertz: the clock at most.
  ///   - bitsPerWord: 8 unless the device wants others.
  /// - Throws: `SystemError` that says what to do: no such device, no permission, `ENOTTY` if the path is no spidev,
  ///   `EINVAL` for settings that the controller refuses.
  public init(path: String, mode: UInt8 = 0, speedHertz: UInt32, bitsPerWord: UInt8 = 8) throws(SystemError) {
    let raw = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
    guard raw >= 0 else { throw Self.failure(errno, path) }
    let owned = OwnedDescriptor(owning: raw)
    guard csys_spi_set(raw, mode, bitsPerWord, speedHertz) == 0 else { throw Self.failure(errno, path) }
    self.path = path
    self.owned = owned
  }

  /// Sends one byte and returns the one that came meanwhile.
  ///
  /// - Throws: `SystemError` if the controller does not do it.
  public func transfer(_ out: UInt8) throws(SystemError) -> UInt8 {
    var byte = out
    guard csys_spi_transfer(owned.descriptor.rawValue, &byte, 1) == 0 else { throw .last("transfer on \(path)") }
    return byte
  }

  /// Sends bytes with the device selected all the while, and puts what came meanwhile in their place.
  ///
  /// - Throws: `SystemError`, with `EMSGSIZE` above the driver's limit (4096 bytes unless set otherwise).
  public func transfer(_ bytes: inout [UInt8]) throws(SystemError) {
    let raw = owned.descriptor.rawValue
    let result = bytes.withUnsafeMutableBytes {
      csys_spi_transfer(raw, $0.baseAddress, UInt32(clamping: $0.count))
    }
    guard result == 0 else { throw .last("transfer \(bytes.count) bytes on \(path)") }
  }

  private static func failure(_ code: Int32, _ path: String) -> SystemError {
    let advice: String? =
      switch code {
      case ENOENT, ENXIO, ENODEV: "is SPI switched on (dtparam=spi=on), and is the path right?"
      case EACCES, EPERM: "add the user to the group 'spi' (sudo usermod -aG spi USER) and log in again"
      case ENOTTY: "this is no SPI device; choose another path"
      case EINVAL: "its controller does not take this mode, speed or word size"
      default: nil
      }
    return SystemError(code: code, call: "open \(path)", advice: advice)
  }
}
