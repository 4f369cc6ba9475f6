import EvominBridgeProtocol

/// A frame for the device whose outcome is open.
struct Order {
  enum Origin {
    /// An EVOMIN_TO_DEVICE with this request.
    case job(UInt32)
    /// A frame with this id, or a request for it, that the map makes a command of.
    case mapped(UInt16)
  }

  let origin: Origin
  let command: UInt8
  var attempts = 0

  /// Whether it is a job of somebody who knows it by its id. How many of those there are is limited by the ledger.
  fileprivate var isNumbered: Bool {
    if case .job(let request) = origin { request != 0 } else { false }
  }
}

/// What the device is sent, until it is known what became of it.
struct Orders {
  private var orders: [EvominSendID: Order] = [:]
  /// Orders that are no job with an id.
  private(set) var unnumberedCount = 0

  mutating func add(_ order: Order, as id: EvominSendID) {
    orders[id] = order
    if !order.isNumbered { unnumberedCount += 1 }
  }

  mutating func recordAttempt(_ attempt: Int, of id: EvominSendID) { orders[id]?.attempts = attempt }

  /// The command that a slave replies to.
  func command(of id: EvominSendID) -> UInt8? { orders[id]?.command }

  /// Takes out an order whose outcome is known.
  mutating func remove(_ id: EvominSendID) -> Order? {
    guard let order = orders.removeValue(forKey: id) else { return nil }
    if !order.isNumbered { unnumberedCount -= 1 }
    return order
  }
}
