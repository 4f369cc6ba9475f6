import TestSupport

/// A connection between a module and a manager, with what each side is known to have sent.
final class Connection {
  let toManager: Pipe
  let toModule: Pipe
  /// What the module has sent, compared with what goes into the connection.
  var sent = SentFrames()
  /// What the manager owes the module, compared with what comes out of the connection.
  var due = DueFrames()
  /// The manager's own count of what this module lost, when it left the bus.
  var lostAtEnd: UInt64?
  /// Messages on their way in and out, as whole ones.
  var outgoing = MessageParser()
  var incoming = MessageParser()
  var isWelcomed = false

  /// One of its ends is gone, or it was cut.
  var isOver: Bool { toManager.isClosed || toModule.isClosed }

  init(using random: inout SeededRandom) {
    toManager = Pipe(capacity: 1 << Int.random(in: 11...16, using: &random))
    toModule = Pipe(capacity: 1 << Int.random(in: 11...16, using: &random))
  }

  /// Breaks both directions somewhere in what is under way.
  func cut(using random: inout SeededRandom) {
    toManager.cut(using: &random)
    toModule.cut(using: &random)
  }

  /// One end is gone; what it had sent may still arrive, what is on its way to it does not.
  func closeModuleEnd() {
    toManager.close()
    toModule.close()
  }

  func closeManagerEnd() {
    toModule.close()
    toManager.close()
  }
}
