/// Who may hold senders back for how long: the patience that belongs to each name. Times are monotonic nanoseconds.
///
/// A name has a store of its own once it was connected for as long as an empty one takes to fill; it keeps that when it
/// leaves. Until then it shares one with all others that are as new, so that coming anew gains nothing.
struct Allowances: ~Copyable {
  fileprivate enum Store {
    case own(Patience)
    /// The common one, until a time.
    case common(until: UInt64)
  }

  struct Account {
    fileprivate var key: ModuleKey?
    fileprivate var store = Store.common(until: .max)
    /// Since when somebody has waited for it, and whether its own store or the common one is used up by that.
    fileprivate var holding: (since: UInt64, isOwn: Bool)?
    /// Nanoseconds that senders were held back in all, without the present time.
    fileprivate var held: UInt64 = 0
  }

  /// How long a name is new.
  static let newNanoseconds: UInt64 = 10_000_000_000
  /// Names that are gone and still have a store.
  private static let namesMax = 1024

  private var accounts = SlotTable<Account>()
  private var common = Patience()
  private var gone: [ModuleKey: Patience] = [:]

  init() {}

  mutating func open(_ id: SessionID) { accounts.open(id, Account()) }

  /// Gives a session the store of its name.
  mutating func join(_ id: SessionID, as key: ModuleKey, at now: UInt64) {
    accounts[id].key = key
    accounts[id].store = gone.removeValue(forKey: key).map { .own($0) } ?? .common(until: now &+ Self.newNanoseconds)
  }

  /// Keeps the store of a name whose session ends.
  mutating func leave(_ id: SessionID, at now: UInt64) {
    end(id, at: now)
    renew(id, at: now)
    if let key = accounts[id].key, case .own(let patience) = accounts[id].store {
      if gone.count >= Self.namesMax, let other = gone.keys.first { gone[other] = nil }
      gone[key] = patience
    }
    accounts[id].key = nil
    accounts[id].store = .common(until: .max)
  }

  private mutating func renew(_ id: SessionID, at now: UInt64) {
    if case .common(let end) = accounts[id].store, now >= end { accounts[id].store = .own(Patience()) }
  }

  // MARK: Holding

  /// Somebody begins to wait for a receiver.
  ///
  /// - Returns: when its patience ends.
  mutating func begin(_ id: SessionID, at now: UInt64) -> UInt64 {
    if accounts[id].holding == nil {
      renew(id, at: now)
      if case .own(var patience) = accounts[id].store {
        patience.begin(at: now)
        accounts[id].store = .own(patience)
        accounts[id].holding = (now, isOwn: true)
      } else {
        common.begin(at: now)
        accounts[id].holding = (now, isOwn: false)
      }
    }
    return deadline(of: id) ?? now
  }

  /// Nobody waits for a receiver any more.
  mutating func end(_ id: SessionID, at now: UInt64) {
    guard let (since, isOwn) = accounts[id].holding else { return }
    accounts[id].holding = nil
    accounts[id].held += now &- since
    if isOwn, case .own(var patience) = accounts[id].store {
      patience.end(at: now)
      accounts[id].store = .own(patience)
    } else {
      common.end(at: now)
    }
  }

  /// When a receiver's patience is used up if nobody stops waiting; nil if nobody waits.
  func deadline(of id: SessionID) -> UInt64? {
    guard let (_, isOwn) = accounts[id].holding else { return nil }
    if isOwn, case .own(let patience) = accounts[id].store { return patience.deadline }
    return common.deadline
  }

  /// How long a receiver has held its senders back, in all.
  func held(by id: SessionID, at now: UInt64) -> UInt64 {
    accounts[id].held + (accounts[id].holding.map { now &- $0.since } ?? 0)
  }
}
