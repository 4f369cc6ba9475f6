import BusSystem

/// Reports to systemd that the loop turns.
struct Watchdog {
  let interval: UInt64
  private(set) var due: UInt64 = 0

  init(interval: UInt64) {
    self.interval = interval
  }

  mutating func beat(at now: UInt64) {
    guard now >= due else { return }
    due = now + interval
    ServiceManager.notify("WATCHDOG=1")
  }
}
