import BusSystem
import BusWire
import ProgramKit

extension Bus {
  /// How long a manager may take to answer HELLO, in nanoseconds.
  private static let greetingNanoseconds: UInt64 = 5_000_000_000

  /// Waits until the manager has welcomed this client.
  ///
  /// - Parameter timeout: how long at most, with as many attempts as it takes; nil for ever.
  /// - Throws: `BusError` that says whether a manager is there, and what it said if it refused.
  public func connect(timeout: Duration? = .seconds(1)) throws(BusError) {
    try connect(until: deadline(after: timeout), isOneAttempt: false)
  }

  /// Makes one attempt at each address, and waits for the manager's answer there, 5 s at most.
  ///
  /// - Throws: `BusError` like `connect`.
  public func connectOnce() throws(BusError) {
    try connect(until: .max, isOneAttempt: true)
  }

  /// The time on the link's clock after this long; the last one there is for nil or a duration beyond all bounds.
  func deadline(after duration: Duration?) -> UInt64 {
    guard let duration else { return .max }
    let (time, overflow) = link.monotonicTime.addingReportingOverflow(duration.inNanoseconds)
    return overflow ? .max : time
  }

  private func connect(until deadline: UInt64, isOneAttempt: Bool) throws(BusError) {
    isConnecting = true
    defer { isConnecting = false }
    while !isConnected {
      exchange()
      if isConnected { return }
      if case .disconnected = state, let lastFailure, lastFailure.code.refusal != nil { throw lastFailure }
      guard link.monotonicTime < deadline, isOpen || !isOneAttempt else {
        throw lastFailure ?? BusError(.timeout, "the manager did not answer HELLO in time")
      }
      waitOnce(until: deadline)
    }
  }

  /// Tries the addresses in order, from one of them on, until one accepts the connection.
  func openConnection(from first: Int = 0) {
    if first == 0 { attemptFailures = [] }
    for index in addresses.indices.dropFirst(first) {
      do throws(SystemError) {
        try link.open(addresses[index])
        return greet(index)
      } catch {
        attemptFailures.append("\(addresses[index]): \(error.reason)")
      }
    }
    connectionEnded(
      BusError(
        .notConnected, "no manager is there (\(attemptFailures.joined(separator: "; "))); start one with bus-manager"))
  }

  /// Sends HELLO and, without waiting for the answer, what the manager must know of this client.
  private func greet(_ address: Int) {
    state = .greeting(until: link.monotonicTime + Self.greetingNanoseconds, address: address)
    sequence = 0
    append(
      Hello(
        version: WireProtocol.version, instance: configuration.instance, observer: configuration.isObserver,
        pid: Process.id, name: configuration.name, client: ClientVersion.name, clientVersion: ClientVersion.text))
    for declare in declarations.all { append(declare) }
    if !listenEntries.isEmpty { append(Listen(entries: listenEntries)) }
    flushNow()
  }

  func welcomed(_ welcome: Welcome) {
    guard case .greeting = state else { return }
    state = .connected(id: welcome.module)
    payloadBytesMax = Int(welcome.payloadBytesMax)
    // The manager's own frames may be larger than a module's, but not without a bound.
    inbox.payloadBytesMax = payloadBytesMax + Self.busPayloadBytesMax
    backoff.reset()
    reported.removeAll()
    lastFailure = nil
    connectionCount += 1
    if let disconnectedAt {
      let away = link.monotonicTime - disconnectedAt
      lastAbsence = .nanoseconds(away)
      log(
        .info, "reconnected",
        ["module": configuration.name, "id": "\(welcome.module)", "away_ms": "\(away / 1_000_000)"])
    } else {
      log(.debug, "connected", ["module": configuration.name, "id": "\(welcome.module)", "bus": welcome.bus])
    }
    mismatches.removeAll()
    sendHistoryAgain()
    ask()
  }

  private static let busPayloadBytesMax = 256 << 10

  /// Goes on to the next address if the connection was never answered, else ends it.
  func connectionBroke(_ reason: String) {
    guard case .greeting(_, let address) = state else {
      return connectionEnded(BusError(.notConnected, "the connection to the manager is gone (\(reason)); trying again"))
    }
    link.close()
    inbox.dropPartialFrame()
    _ = outbox.removeAll()
    attemptFailures.append("\(addresses[address]): \(reason)")
    openConnection(from: address + 1)
  }

  /// Ends a connection that broke, was refused or could not be made, and plans the next attempt.
  func connectionEnded(_ failure: BusError) {
    guard state != .stopped else { return }
    if isConnected { disconnectedAt = link.monotonicTime }
    link.close()
    inbox.dropPartialFrame()
    let lostFrames = unsentFrames
    _ = outbox.removeAll()
    unsentFrames = 0
    let delay = backoff.next { link.random(below: $0) }
    state = .disconnected(retryAt: link.monotonicTime + delay)
    lastFailure = failure
    // Whoever waits in `connect` gets the failure, and says it; the next attempt need not.
    if reported.insert(failure.message), !isConnecting {
      log(.warning, "disconnected", ["module": configuration.name, "reason": failure.message])
    }
    if lostFrames > 0 {
      log(
        .warning, "not_sent",
        ["module": configuration.name, "frames_at_most": "\(lostFrames)", "reason": failure.message])
    }
  }
}
