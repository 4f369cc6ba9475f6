import BusSystem
import BusWire
import ProgramKit

extension Bus {
  /// How long a manager may take to answer HELLO, in nanoseconds.
  private static let greetingNanoseconds: UInt64 = 5_000_000_000

  /// Waits until the manager has welcomed this client.
  ///
  /// - Parameter timeoutMilliseconds: how long at most; 0 makes one attempt at each address, however long
  ///   the manager there takes to answer (5 s at most).
  /// - Throws: `BusError` that says whether a manager is there, and what it said if it refused.
  public func connect(timeoutMilliseconds: Int = 1000) throws(BusError) {
    let isOneAttempt = timeoutMilliseconds <= 0
    let deadline = isOneAttempt ? .max : link.monotonicTime + UInt64(timeoutMilliseconds) * 1_000_000
    isConnecting = true
    defer { isConnecting = false }
    while !isConnected {
      exchange()
      if isConnected { return }
      if case .refused = lastFailure?.code, case .disconnected = state, let lastFailure { throw lastFailure }
      guard link.monotonicTime < deadline, isOpen || !isOneAttempt else {
        throw lastFailure ?? BusError(.timeout, "the manager did not answer HELLO in time")
      }
      waitOnce(until: deadline)
    }
  }

  /// Tries the addresses in order, from one of them on, until one takes the connection.
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
      let away = Int((link.monotonicTime - disconnectedAt) / 1_000_000)
      lastAbsenceMilliseconds = away
      log(.info, "reconnected", ["module": configuration.name, "id": "\(welcome.module)", "away_ms": "\(away)"])
    } else {
      log(.debug, "connected", ["module": configuration.name, "id": "\(welcome.module)", "bus": welcome.bus])
    }
    mismatches.removeAll()
    sendRetainedAgain()
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
    if !isConnecting, reported.insert(failure.message).inserted {
      log(.warning, "disconnected", ["module": configuration.name, "reason": failure.message])
    }
    if lostFrames > 0 {
      log(
        .warning, "not_sent",
        ["module": configuration.name, "frames_at_most": "\(lostFrames)", "reason": failure.message])
    }
  }
}
