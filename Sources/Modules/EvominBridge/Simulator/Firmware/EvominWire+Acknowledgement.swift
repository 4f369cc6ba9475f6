import EvominBridgeProtocol

extension EvominWire {
  static let acknowledgement = EvominWire(acknowledging: 0xFF)

  private init(acknowledging byte: UInt8) {
    guard let wire = try? EvominWire(CollectionOfOne(byte)) else { preconditionFailure("one byte always fits") }
    self = wire
  }
}
