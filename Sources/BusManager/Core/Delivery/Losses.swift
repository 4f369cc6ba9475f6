import BusWire

/// What each module lost, and when that is reported to it. Times are monotonic nanoseconds.
struct Losses {
  private struct Account {
    let module: ModuleIdentity
    var ledger = LossLedger()
    var total: UInt64 = 0
    /// No report before it.
    var nextReport: UInt64 = 0
    /// That not all is kept that it asked to keep was logged.
    var isRetainedFull = false
  }

  /// How far reports to one module are apart.
  private static let reportNanoseconds: UInt64 = 100_000_000

  /// By slot.
  private var accounts: [Account?] = []

  mutating func join(_ id: SessionID, _ module: ModuleIdentity) {
    while accounts.count <= Int(id.slot) { accounts.append(nil) }
    accounts[Int(id.slot)] = Account(module: module)
  }

  /// Ends a module's account; what was not reported to it belongs into the log.
  mutating func leave(_ id: SessionID, _ turn: inout Turn) {
    guard let account = account(of: id) else { return }
    if account.ledger.lostCount > 0 {
      turn.record(.lostFrames(account.module, count: account.ledger.lostCount, total: account.total))
    }
    accounts[Int(id.slot)] = nil
  }

  private func account(of id: SessionID) -> Account? {
    Int(id.slot) < accounts.count ? accounts[Int(id.slot)] : nil
  }

  /// Frames that a module did not get since it joined.
  func total(of id: SessionID) -> UInt64 { account(of: id)?.total ?? 0 }

  /// Whether something was not reported to a module yet.
  func hasUnreported(_ id: SessionID) -> Bool {
    Int(id.slot) < accounts.count && accounts[Int(id.slot)]?.ledger.entries.isEmpty == false
  }

  /// Counts a frame that a module does not get.
  mutating func add(_ header: FrameHeader, _ reason: LossReason, of id: SessionID, _ turn: inout Turn) {
    guard let module = account(of: id)?.module else { return }
    if total(of: id) == 0 { turn.record(.missesFrames(module)) }
    accounts[Int(id.slot)]?.total += 1
    accounts[Int(id.slot)]?.ledger.add(header, reason)
  }

  /// Counts a frame of a module's own that is not kept; those who listened got it.
  mutating func addNotKept(_ header: FrameHeader, of id: SessionID) {
    guard account(of: id) != nil else { return }
    accounts[Int(id.slot)]?.ledger.add(header, .notKept)
  }

  /// Takes what is to be reported to a module, unless the report before was a moment ago.
  mutating func takeDue(of id: SessionID, _ turn: inout Turn) -> [Lost] {
    guard hasUnreported(id), let account = account(of: id) else { return [] }
    if turn.now >= account.nextReport { return take(of: id, &turn) }
    turn.expect(at: account.nextReport)
    return []
  }

  /// Takes what was not reported to a module.
  mutating func take(of id: SessionID, _ turn: inout Turn) -> [Lost] {
    guard hasUnreported(id), var account = account(of: id) else { return [] }
    let ledger = account.ledger
    account.ledger = LossLedger()
    account.nextReport = turn.now + Self.reportNanoseconds
    if ledger.lostCount > 0 {
      turn.record(.lostFrames(account.module, count: ledger.lostCount, total: account.total))
    }
    if ledger.lostCount < ledger.total, !account.isRetainedFull {
      account.isRetainedFull = true
      turn.record(.retainedFull(account.module))
    }
    accounts[Int(id.slot)] = account
    return ledger.entries.map {
      Lost(type: $0.type, instance: $0.instance, source: $0.source, count: $0.count, reason: $0.reason)
    }
  }
}
