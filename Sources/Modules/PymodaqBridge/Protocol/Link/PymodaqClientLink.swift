/// The bridge's side of a connection to PyMoDAQ's TCPServer plugin: who it is, what it has to say, and how it leaves. No
/// socket and no clock: bytes and the time are handed in, actions are taken out.
public struct PymodaqClientLink: Sendable {
  /// What the owner of a link has to do.
  public enum Action: Equatable, Sendable {
    /// Begin to connect, and say so with `opened`, or with `ended` if that fails at once.
    case connect
    case send([UInt8])
    /// Reset the connection: PyMoDAQ forgets a client that is reset, and waits for ever for one that only closes.
    case reset
    case received(PymodaqServerMessage)
    case connected(PymodaqGeneration)
    /// The connection is over, or could not be made.
    case lost(String)
  }

  /// Where a link stands.
  public enum State: Equatable, Sendable { case waiting, greeting, connected, leaving, stopped }

  private enum Phase {
    case resting(until: Duration)
    case connecting(until: Duration)
    /// The server has the greeting in its socket.
    case running(since: Duration)
    case leaving(until: Duration)
    case stopped
  }

  /// How long a connection and the greeting may take.
  public static let connectPatience = Duration.seconds(5)
  /// How long PyMoDAQ may take to answer the farewell; it looks at its sockets ten times a second.
  public static let leavePatience = Duration.seconds(2)
  /// A server that ends a connection this soon did not understand the greeting.
  public static let greetingPatience = Duration.seconds(2)
  /// The shortest and the longest pause between two attempts.
  public static let pauses = (first: Duration.milliseconds(500), last: Duration.seconds(5))

  /// How it speaks now.
  public var generation: PymodaqGeneration { inbox.generation }

  private let kind: PymodaqClientKind
  private let fallback: PymodaqGeneration
  /// Whether generation 5 is tried first, which every older server survives. The other way round is none.
  private let detects: Bool
  private let limits: PymodaqLimits
  private let settings: [UInt8]
  private var spoken: PymodaqGeneration
  private var inbox: PymodaqInbox
  private var phase = Phase.resting(until: .zero)
  private var pause = pauses.first
  private var hasHeard = false
  private var actions: [Action] = []

  /// - Parameters:
  ///   - generation: how the server speaks; nil to try generation 5 and then `fallback`.
  ///   - settings: the tree of the instrument's parameters.
  public init(
    _ kind: PymodaqClientKind, generation: PymodaqGeneration?, fallback: PymodaqGeneration = .v44, settings: [UInt8],
    limits: PymodaqLimits = PymodaqLimits()
  ) {
    self.kind = kind
    self.fallback = fallback
    self.settings = settings
    self.limits = limits
    detects = generation == nil
    spoken = generation ?? .v5
    inbox = PymodaqInbox(spoken, limits: limits)
  }

  /// Where it stands.
  public var state: State {
    switch phase {
    case .resting: .waiting
    case .connecting: .greeting
    case .running: .connected
    case .leaving: .leaving
    case .stopped: .stopped
    }
  }

  /// When `tick` is due; nil if nothing is.
  public var deadline: Duration? {
    switch phase {
    case .resting(let time), .connecting(let time), .leaving(let time): time
    case .running, .stopped: nil
    }
  }

  /// The next thing to do; nil if there is none.
  public mutating func nextAction() -> Action? { actions.isEmpty ? nil : actions.removeFirst() }

  /// A connection is on its way; what is sent now arrives when it is there.
  public mutating func opened(at now: Duration) {
    guard case .resting = phase else { return }
    inbox = PymodaqInbox(spoken, limits: limits)
    hasHeard = false
    phase = .connecting(until: now + Self.connectPatience)
    write(.identify(kind))
    write(.settings(xml: settings))
  }

  /// Everything that was to be sent has left.
  public mutating func flushed(at now: Duration) {
    guard case .connecting = phase else { return }
    phase = .running(since: now)
    actions.append(.connected(inbox.generation))
  }

  /// The connection ended, or could not be made.
  public mutating func ended(_ reason: String, at now: Duration) {
    switch phase {
    case .stopped: return
    case .leaving: phase = .stopped
    case .running(let since) where detects && !hasHeard && now - since < Self.greetingPatience:
      spoken = spoken == .v5 ? fallback : .v5
      phase = .resting(until: now)
      actions.append(.lost("the server does not understand the greeting; trying generation \(spoken)"))
    case .running(let since):
      if now - since > Self.pauses.last * 2 { pause = Self.pauses.first }
      rest(reason, at: now)
    case .resting, .connecting: rest(reason, at: now)
    }
  }

  /// Takes bytes that came, in pieces of any size.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Duration) {
    guard state == .connected || state == .greeting else { return }
    inbox.append(bytes)
    do throws(PymodaqError) {
      while let message = try inbox.next({ (reader) throws(PymodaqError) in try PymodaqServerMessage(from: &reader) }) {
        hasHeard = true
        spoken = inbox.generation
        flushed(at: now)
        actions.append(.received(message))
      }
    } catch {
      // There is no way to find the next message.
      actions.append(.reset)
      rest("PyMoDAQ sends what is not understood: \(error); is the generation right?", at: now)
    }
  }

  /// Sends a message, if there is somebody.
  public mutating func send(_ message: PymodaqClientMessage) {
    if case .running = phase { write(message) }
  }

  /// The other side takes nothing any more.
  public mutating func giveUp(_ reason: String, at now: Duration) {
    guard state == .connected || state == .greeting else { return }
    actions.append(.reset)
    rest(reason, at: now)
  }

  /// Says farewell; the link is done when its state is `stopped`.
  public mutating func leave(at now: Duration) {
    switch phase {
    case .running:
      write(.quit)
      phase = .leaving(until: now + Self.leavePatience)
    case .connecting:
      actions.append(.reset)
      phase = .stopped
    case .resting: phase = .stopped
    case .leaving, .stopped: break
    }
  }

  /// Does what is due.
  public mutating func tick(at now: Duration) {
    guard let deadline, now >= deadline else { return }
    switch phase {
    case .resting: actions.append(.connect)
    case .connecting:
      actions.append(.reset)
      rest("nobody has taken the connection within \(Self.connectPatience)", at: now)
    case .leaving:
      actions.append(.reset)
      phase = .stopped
    case .running, .stopped: break
    }
  }

  private mutating func rest(_ reason: String, at now: Duration) {
    phase = .resting(until: now + pause)
    pause = min(pause * 2, Self.pauses.last)
    actions.append(.lost(reason))
  }

  private mutating func write(_ message: PymodaqClientMessage) {
    var writer = PymodaqWriter(inbox.generation)
    message.write(to: &writer)
    actions.append(.send(writer.bytes))
  }
}
