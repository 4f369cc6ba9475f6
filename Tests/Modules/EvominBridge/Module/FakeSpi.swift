import BusClient
import EvominBridgeProtocol

@testable import evomin_bridge

/// An SPI bus in memory with a slave that speaks evoMIN.
final class FakeSpi {
  private var slave = EvominSlave()
  private var output = EvominSlave.idleByte
  /// What the slave replies to each command.
  var replies: [EvominCommand: [UInt8]] = [:]
  /// After so many bytes the controller fails; nil never.
  var bytesLeft: Int?
  /// So many bytes from the slave come damaged.
  var damagedBytes = 0
  private(set) var received: [EvominFrame] = []
  /// How many have opened it and not closed it.
  private(set) var openCount = 0

  func open() -> any ByteExchange { Connection(self) }

  private final class Connection: ByteExchange {
    private let spi: FakeSpi

    init(_ spi: FakeSpi) {
      self.spi = spi
      spi.openCount += 1
    }

    deinit { spi.openCount -= 1 }

    func transfer(_ byte: UInt8) throws(SystemError) -> UInt8 { try spi.transfer(byte) }
  }

  private func transfer(_ byte: UInt8) throws(SystemError) -> UInt8 {
    if let bytesLeft {
      guard bytesLeft > 0 else { throw SystemError(code: SystemError.inputOutput, call: "transfer on fake") }
      self.bytesLeft = bytesLeft - 1
    }
    defer { exchange(byte) }
    guard damagedBytes > 0, output == 0xFF else { return output }
    damagedBytes -= 1
    return 0x7F
  }

  private func exchange(_ byte: UInt8) {
    output = slave.next(received: byte)
    guard let frame = slave.takeFrame() else { return }
    received.append(frame)
    if let reply = replies[frame.command] { try? slave.reply(reply) }
  }
}
