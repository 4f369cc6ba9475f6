/// The bridge's side of a connection that a client of PyMoDAQ has made: who it is, and how it speaks. No socket and no clock.
public struct PymodaqServerLink: Sendable {
  /// What the owner of a link has to do.
  public enum Action: Equatable, Sendable {
    case send([UInt8])
    case received(PymodaqClientMessage)
    case identified(PymodaqGeneration)
    /// Reset the connection. On an orderly end a client of PyMoDAQ would spin for ever.
    case reset(String)
  }

  /// The reason of an end that the client wished.
  public static let farewell = "it has said farewell"

  private enum Phase {
    case greeting(until: Duration)
    case running
    case ended
  }

  /// How long a client may take to say who it is: PyMoDAQ's says it at once.
  public static let greetingPatience = Duration.seconds(5)

  private let kind: PymodaqClientKind
  private var inbox: PymodaqInbox
  private var isDetected = false
  private var phase: Phase
  private var actions: [Action] = []

  /// A connection that was just made.
  ///
  /// - Parameters:
  ///   - kind: what the client has to be.
  ///   - generation: what it speaks, as far as its messages do not say it.
  public init(
    _ kind: PymodaqClientKind, generation: PymodaqGeneration, limits: PymodaqLimits = PymodaqLimits(), at now: Duration
  ) {
    self.kind = kind
    inbox = PymodaqInbox(generation, limits: limits)
    phase = .greeting(until: now + Self.greetingPatience)
  }

  /// How it speaks, as far as that is known.
  public var generation: PymodaqGeneration { inbox.generation }
  /// Whether it has said who it is.
  public var isIdentified: Bool { if case .running = phase { true } else { false } }
  /// When `tick` is due; nil if nothing is.
  public var deadline: Duration? { if case .greeting(let until) = phase { until } else { nil } }

  /// The next thing to do; nil if there is none.
  public mutating func nextAction() -> Action? { actions.isEmpty ? nil : actions.removeFirst() }

  /// Takes bytes that came, in pieces of any size.
  public mutating func receive(_ bytes: some Sequence<UInt8>) {
    if case .ended = phase { return }
    inbox.append(bytes)
    if !isDetected {
      guard let first = inbox.first(4) else { return }
      isDetected = true
      // An untagged greeting has 7 or 8 bytes; a tagged one, with its type, 18 or 19.
      let isTagged = first.elementsEqual([0, 0, 0, 18]) || first.elementsEqual([0, 0, 0, 19])
      if isTagged != inbox.generation.isTagged { inbox.generation = isTagged ? .v5 : .v44 }
    }
    do throws(PymodaqError) {
      while let message = try inbox.next({ (reader) throws(PymodaqError) in try PymodaqClientMessage(from: &reader) }) {
        handle(message)
        if case .ended = phase { return }
      }
    } catch {
      end("it sends what is not understood: \(error)")
    }
  }

  /// Sends a message.
  public mutating func send(_ message: PymodaqServerMessage) {
    guard isIdentified else { return }
    var writer = PymodaqWriter(inbox.generation)
    message.write(to: &writer)
    actions.append(.send(writer.bytes))
  }

  /// Ends the connection.
  public mutating func end(_ reason: String) {
    if case .ended = phase { return }
    phase = .ended
    actions.append(.reset(reason))
  }

  /// Does what is due.
  public mutating func tick(at now: Duration) {
    if case .greeting(let until) = phase, now >= until {
      end("it has not said what it is within \(Self.greetingPatience)")
    }
  }

  private mutating func handle(_ message: PymodaqClientMessage) {
    switch (message, phase) {
    case (.identify(let kind), .greeting) where kind == self.kind:
      phase = .running
      actions.append(.identified(inbox.generation))
    case (.identify(let kind), .greeting):
      end("it is a \(kind.rawValue), and the map says \(self.kind.rawValue)")
    case (_, .greeting): end("it does not say first what it is")
    case (.quit, _): end(Self.farewell)
    default: actions.append(.received(message))
    }
  }
}
