import CandyDispenserProtocol
import CandyDispenserSimulator
import TestSupport

/// A host and a simulated machine on one line, with a clock of their own.
struct Rig {
  var host: CandyHost
  var machine: SimulatedCandyMachine
  var now: UInt64
  var random: SeededRandom
  private(set) var isOpen = false
  /// When the owner of the port tries to open it.
  private var opensAt: UInt64?
  private(set) var events: [(at: UInt64, event: CandyEvent)] = []
  private(set) var sent: [(at: UInt64, packet: CandyPacket)] = []
  /// When each candy fell.
  private(set) var falls: [UInt64] = []
  /// Whether a dispense was sent while the motor turned, which a paced host never does.
  private(set) var hasOverlapped = false
  /// One byte of so many is lost, in either direction; 0 for none.
  var lossRate: UInt64 = 0
  /// Bytes that came while the port was closed, and are read when it is opened.
  private var kept: [UInt8] = []
  var keepsBytes = false

  init(_ firmware: SimulatedFirmware, seed: UInt64 = 1, candies: Int = 1000, settings: CandyHost.Settings = .init()) {
    now = 1_000_000_000
    random = SeededRandom(seed: seed)
    host = CandyHost(settings: settings)
    machine = SimulatedCandyMachine(
      firmware: firmware, candies: candies, random: SeededRandom(seed: seed + 1000), at: now)
  }

  mutating func open() {
    opensAt = nil
    guard !isOpen, machine.isPlugged else { return }
    isOpen = true
    host.portOpened(at: now)
    settle()
    let late = kept
    kept = []
    hear(late)
  }

  /// The host's program ends; it may be started again.
  mutating func close(reopenAfterSeconds seconds: UInt64? = nil) {
    leave("closed")
    opensAt = seconds.map { now + $0 * 1_000_000_000 }
  }

  private mutating func leave(_ reason: String) {
    if isOpen {
      isOpen = false
      host.portClosed(reason: reason, at: now)
    }
    settle()
  }

  mutating func apply(_ command: SimulationCommand) {
    machine.apply(command, at: now)
    settle()
  }

  mutating func command<Failure>(_ body: (inout CandyHost, UInt64) throws(Failure) -> Void) throws(Failure) {
    try body(&host, now)
    settle()
  }

  /// Lets time pass.
  mutating func pass(milliseconds: UInt64) {
    let end = now + milliseconds * 1_000_000
    while let due = [host.deadline, machine.deadline, opensAt].compactMap({ $0 }).min(), due <= end {
      now = max(now, due)
      if let opensAt, now >= opensAt { open() }
      host.tick(at: now)
      settle()
    }
    now = end
  }

  mutating func pass(seconds: UInt64) { pass(milliseconds: seconds * 1000) }

  /// Lets time pass until something holds.
  ///
  /// - Returns: whether it did.
  mutating func wait(seconds: UInt64, for condition: (borrowing Rig) -> Bool) -> Bool {
    for _ in 0..<seconds * 20 {
      if condition(self) { return true }
      pass(milliseconds: 50)
    }
    return condition(self)
  }

  /// Carries everything to where it goes, until nobody has anything to say.
  private mutating func settle() {
    var isBusy = true
    while isBusy {
      isBusy = false
      while let action = host.nextAction() {
        isBusy = true
        act(action)
      }
      while let output = machine.nextOutput(at: now) {
        isBusy = true
        take(output)
      }
      for _ in falls.count..<machine.candiesFallen { falls.append(now) }
    }
  }

  private mutating func act(_ action: CandyAction) {
    switch action {
    case .send(let packet):
      if packet == .message(.dispense), machine.isTurning { hasOverlapped = true }
      sent.append((now, packet))
      if isOpen { machine.receive(lossy(packet.bytes), at: now) }
    case .reopen(let seconds):
      isOpen = false
      opensAt = now + UInt64(seconds) * 1_000_000_000
    case .event(let event): events.append((now, event))
    }
  }

  private mutating func take(_ output: SimulationOutput) {
    switch output {
    case .bytes(let bytes):
      if isOpen { hear(bytes) } else if keepsBytes { kept += bytes }
    case .unplugged:
      kept = []
      if isOpen {
        isOpen = false
        host.portClosed(reason: "unplugged", at: now)
      }
    case .plugged: opensAt = now + 100_000_000
    }
  }

  /// Bytes reach the host in pieces.
  private mutating func hear(_ bytes: [UInt8]) {
    var rest = lossy(bytes)[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int(random.next() % 4) + 1)
      rest = rest.dropFirst(piece.count)
      host.receive(piece, at: now)
    }
    while let action = host.nextAction() { act(action) }
  }

  private mutating func lossy(_ bytes: [UInt8]) -> [UInt8] {
    guard lossRate > 0 else { return bytes }
    return bytes.filter { _ in random.next() % lossRate != 0 }
  }
}

extension Rig {
  func count(_ event: CandyEvent) -> Int { events.count { $0.event == event } }

  /// What happened, without noise.
  var story: [CandyEvent] {
    events.map(\.event).filter { if case .noise = $0 { false } else { true } }
  }

  /// A host that has just found a machine.
  static func connected(
    _ firmware: SimulatedFirmware, seed: UInt64 = 1, candies: Int = 1000, settings: CandyHost.Settings = .init()
  ) -> Rig {
    var rig = Rig(firmware, seed: seed, candies: candies, settings: settings)
    rig.open()
    _ = rig.wait(seconds: 20) { $0.host.state == .connected }
    rig.events = []
    rig.sent = []
    return rig
  }
}
