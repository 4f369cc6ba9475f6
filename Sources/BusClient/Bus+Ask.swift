import BusWire
import ProgramKit

/// A request whose answer is waited for.
final class Question {
  enum Outcome {
    case open
    case answered(Frame)
    case unheard
  }

  let type: UInt16
  let instance: UInt8
  let sequence: UInt32
  var outcome = Outcome.open

  init(type: UInt16, instance: UInt8, sequence: UInt32) {
    self.type = type
    self.instance = instance
    self.sequence = sequence
  }

  /// What must be listened for to receive the answer.
  var entry: ListenEntry {
    ListenEntry(type: type, instance: instance, anyInstance: false, values: true, requests: false)
  }

  /// Whether a frame is a live value of the type.
  func isAnswer(_ header: FrameHeader) -> Bool {
    guard case .open = outcome else { return false }
    return header.type == type && header.instance == instance && header.flags.isDisjoint(with: [.request, .retained])
  }
}

extension Bus {
  /// Requests a frame and waits for the next live value of its type, from anyone.
  ///
  /// Other frames that arrive meanwhile wait in the inbox.
  ///
  /// - Parameters:
  ///   - instance: which of several equal devices is asked; this module's own by default.
  ///   - timeout: how long to wait at most.
  /// - Throws: `BusError`: nobody listens for such requests, no answer in time, an answer that does not fit its
  ///   schema, or like `send`.
  public func ask<Payload: TypedFrame>(
    _ type: Payload.Type, instance: UInt8? = nil, timeout: Duration = .seconds(1)
  ) throws(BusError) -> Payload {
    let frame = try ask(Payload.frameType, instance: instance, timeout: timeout)
    guard let payload = try frame.decode(Payload.self) else {
      throw BusError(.invalidFrame, "the answer to \(Payload.frameType) is another frame")
    }
    return payload
  }

  /// Like `ask(_:instance:timeout:)`, for a type that is known at run time only.
  public func ask(
    _ type: FrameType, instance: UInt8? = nil, timeout: Duration = .seconds(1)
  ) throws(BusError) -> Frame {
    guard isConnected else { throw notConnected }
    let question = Question(type: type.id, instance: instance ?? configuration.instance, sequence: sequence)
    self.question = question
    let needsListening = !subscriptions.contains {
      $0.accepts(FrameHeader(size: 0, type: type.id, instance: question.instance))
    }
    if needsListening { sendListenSet() }
    defer {
      self.question = nil
      if needsListening { sendListenSet() }
    }
    try request(type, instance: question.instance)
    flush(until: deadline(after: timeout)) { if case .open = question.outcome { true } else { false } }
    switch question.outcome {
    case .answered(let frame): return frame
    case .unheard:
      throw BusError(.noListener, "nobody listens for requests of \(type); is the module that answers them running?")
    case .open:
      guard isConnected else { throw notConnected }
      throw BusError(.timeout, "no \(type) came within \(timeout)")
    }
  }

  func answer(_ question: Question, with frame: Frame) {
    question.outcome = .answered(frame)
  }

  func recordUnheard(_ noListener: NoListener) {
    if let question, question.type == noListener.type, question.sequence == noListener.sequence {
      question.outcome = .unheard
      return
    }
    if reported.insert("no listener \(noListener.type)") {
      log(
        .warning, "no_listener",
        [
          "module": configuration.name, "frame": declarations.title(of: noListener.type),
          "meaning": "nobody listens for requests of it",
        ])
    }
  }
}
