import BusWire

/// The frames that a module sent on one connection, until they leave for the manager.
struct SentFrames {
  /// Of each what the module decided; the sequence number follows from the order.
  private var waiting: [Message] = []
  private var head = 0
  private var sequence: UInt32 = 0

  /// The module sends a frame.
  mutating func add(_ message: Message) {
    var message = message
    message.header.sequence = sequence
    message.header.timestamp = 0
    sequence += 1
    waiting.append(message)
  }

  /// The module was told that its last frame was not sent.
  ///
  /// - Returns: what is wrong if it was.
  mutating func takeBack() -> String? {
    guard waiting.count > head else { return "a frame that was refused has been sent all the same" }
    waiting.removeLast()
    sequence -= 1
    return nil
  }

  /// A frame goes out.
  ///
  /// - Returns: what is wrong with it.
  mutating func leaves(_ message: Message) -> String? {
    guard head < waiting.count else { return "it sent what it was not asked to: \(message)" }
    var bare = message
    bare.header.timestamp = 0
    defer { head += 1 }
    return bare == waiting[head] ? nil : "it sent \(message) instead of \(waiting[head])"
  }

  /// Frames that were sent and have not left.
  var count: Int { waiting.count - head }
}
