import BusWire

/// The queues of one receiver, in the order in which they are sent.
enum Lane: Int, CaseIterable {
  /// The bus's own frames.
  case bus
  /// Kept frames that the receiver asked for.
  case history
  case high, normal, low, dataStream
  /// The GOODBYE, behind all that waits.
  case farewell

  @inline(__always)
  init(_ priority: Priority) {
    self =
      switch priority {
      case .high: .high
      case .normal: .normal
      case .low: .low
      case .dataStream: .dataStream
      }
  }

  /// Whether senders wait for room in it; the others drop what is older.
  @inline(__always)
  var holdsBack: Bool { self == .high || self == .normal || self == .history }

  /// All lanes in order, made once: asking for `allCases` makes a new array each time.
  static let inOrder = allCases

  /// Those that give way first when memory runs out, the least important first.
  static let droppable: [Lane] = [.dataStream, .low, .normal, .high, .history]
}
