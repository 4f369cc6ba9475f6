/// The candies that were asked for and what is known of them: waiting, sent, in the tray.
struct CandyLedger {
  /// A request whose candies are not all sent.
  private struct Order {
    var next: Candy
    var left: UInt16 { next.of - next.number + 1 }
  }

  /// A dispense without an answer yet.
  struct Sent {
    let candy: Candy
    /// Whether a reset was sent behind it.
    var isBeforeReset = false
  }

  /// A candy that nobody has taken yet.
  struct Untaken {
    let candy: Candy
    let deadline: UInt64
  }

  private var orders: [Order] = []
  private(set) var sent: [Sent] = []
  private(set) var tray: [Untaken] = []

  /// Candies that wait for their turn.
  var waitingCount: Int { orders.reduce(0) { $0 + Int($1.left) } }
  /// All candies that are not finished.
  var count: Int { waitingCount + sent.count + tray.count }

  func isPending(_ request: UInt32) -> Bool {
    orders.contains { $0.next.request == request } || sent.contains { $0.candy.request == request }
      || tray.contains { $0.candy.request == request }
  }

  mutating func add(_ request: UInt32, count: UInt16) {
    orders.append(Order(next: Candy(request: request, number: 1, of: count)))
  }

  /// Takes the next candy that waits; it counts as sent from now on.
  mutating func sendNext() -> Bool {
    guard let candy = nextWaiting() else { return false }
    sent.append(Sent(candy: candy))
    return true
  }

  /// Takes the next candy that waits out of the ledger.
  mutating func nextWaiting() -> Candy? {
    guard let request = orders.first?.next.request else { return nil }
    return nextWaiting(of: request)
  }

  /// Takes the next candy of a request that waits out of the ledger.
  mutating func nextWaiting(of request: UInt32) -> Candy? {
    guard let index = orders.firstIndex(where: { $0.next.request == request }) else { return nil }
    let candy = orders[index].next
    if candy.number == candy.of {
      orders.remove(at: index)
    } else {
      orders[index].next.number += 1
    }
    return candy
  }

  /// Takes the oldest dispense without an answer out of the ledger.
  mutating func nextSent() -> Candy? {
    sent.isEmpty ? nil : sent.removeFirst().candy
  }

  mutating func markReset() {
    for index in sent.indices { sent[index].isBeforeReset = true }
  }

  mutating func putIntoTray(_ candy: Candy, until deadline: UInt64) {
    tray.append(Untaken(candy: candy, deadline: deadline))
  }

  /// Takes the oldest candy in the tray out of the ledger.
  mutating func nextFromTray() -> Candy? {
    tray.isEmpty ? nil : tray.removeFirst().candy
  }
}
