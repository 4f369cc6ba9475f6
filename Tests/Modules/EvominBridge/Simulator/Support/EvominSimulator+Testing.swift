import EvominBridgeSimulator

extension EvominSimulator {
  mutating func takeOutput() -> [UInt8] {
    var bytes = [UInt8]()
    while let wire = nextOutput() { bytes += wire }
    return bytes
  }
}
