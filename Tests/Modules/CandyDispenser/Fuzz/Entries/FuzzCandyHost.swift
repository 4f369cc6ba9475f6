import CandyDispenserProtocol
import FuzzKit

/// A host of candies and its owner; every candy must get one outcome, and be asked for once at most.
struct FuzzCandyHost {
  private var host = CandyHost()
  private var now: UInt64 = 1_000_000_000
  private var waiting: Set<Candy> = []
  private var untaken: Set<Candy> = []
  private var asked = 0
  private var accepted = 0

  mutating func connect() throws(FuzzFinding) {
    try open()
    try hear(CandyPacket.probe.bytes)
    try hear(CandyMessage.established.bytes)
    try pass(milliseconds: 1000)
    try hear(CandyMessage.alive.bytes)
  }

  mutating func open() throws(FuzzFinding) {
    host.portOpened(at: now)
    try take()
  }

  mutating func close() throws(FuzzFinding) {
    host.portClosed(reason: "fuzz", at: now)
    try take()
  }

  mutating func hear(_ bytes: [UInt8]) throws(FuzzFinding) {
    host.receive(bytes, at: now)
    try take()
  }

  mutating func dispense(request: UInt32, count: UInt16) throws(FuzzFinding) {
    do throws(CandyRefusal) {
      try host.dispense(request: request, count: count, at: now)
      accepted += Int(count)
      for number in 1...count { waiting.insert(Candy(request: request, number: number, of: count)) }
    } catch {}
    try take()
  }

  mutating func command(_ body: (inout CandyHost, UInt64) throws(CandyRefusal) -> Void) throws(FuzzFinding) {
    try? body(&host, now)
    try take()
  }

  mutating func pass(milliseconds: UInt64) throws(FuzzFinding) {
    let end = now + milliseconds * 1_000_000
    var ticks = 0
    while let due = host.deadline, due <= end {
      now = max(now, due)
      host.tick(at: now)
      try take()
      ticks += 1
      try require(ticks < 100_000, "the deadline does not go on")
    }
    now = end
  }

  /// Nothing stays open behind the end.
  mutating func end() throws(FuzzFinding) {
    try close()
    try require(waiting.isEmpty && untaken.isEmpty, "\(waiting.count + untaken.count) candies without an outcome")
    try require(host.queueLength == 0 && host.trayLength == 0, "candies are left in the host")
  }

  private mutating func take() throws(FuzzFinding) {
    while let action = host.nextAction() {
      switch action {
      case .send(.message(.dispense)):
        asked += 1
        try require(asked <= accepted, "more candies are asked for than wanted")
      case .event(.dispensed(let candy)):
        try require(waiting.remove(candy) != nil, "\(candy) has another outcome already")
        untaken.insert(candy)
      case .event(.failed(let candy, _)):
        try require(waiting.remove(candy) != nil, "\(candy) has another outcome already")
      case .event(.taken(let candy)), .event(.notTaken(let candy, _)):
        try require(untaken.remove(candy) != nil, "\(candy) is not in the tray")
      default: break
      }
    }
    try require(host.queueLength + host.trayLength <= 64, "more candies than the queue may hold")
  }
}
