import EvominBridgeProtocol

/// An exchange between a master and a slave, byte against byte, with damage on the way.
struct ExchangeRun {
  private var master: EvominMaster
  var slave = EvominSlave()
  private let reply: [UInt8]
  /// By the index of the byte, what is changed of it.
  var masterDamage = [String: UInt8]()
  var slaveDamage = [String: UInt8]()
  private(set) var masterBytes = [UInt8]()
  /// As the master gets them.
  private(set) var slaveBytes = [UInt8]()
  private(set) var slaveFrames = [EvominFrame]()

  init(_ frame: EvominFrame, style: EvominMasterStyle = .python, reply: [UInt8] = []) {
    master = EvominMaster(frame, style: style)
    self.reply = reply
  }

  var outcome: EvominMaster.Outcome? { master.outcome }

  mutating func run() {
    var loaded = EvominSlave.idleByte
    var received: UInt8?
    while let byte = master.next(received: received) {
      let index = String(masterBytes.count)
      masterBytes.append(byte)
      // Both move at once: what the slave loads now goes out with the next byte.
      let out = loaded ^ (slaveDamage[index] ?? 0)
      slaveBytes.append(out)
      received = out
      loaded = slave.next(received: byte ^ (masterDamage[index] ?? 0))
      if let frame = slave.takeFrame() {
        slaveFrames.append(frame)
        try? slave.reply(reply)
      }
    }
  }
}
