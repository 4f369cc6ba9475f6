/// A connection as the data path sees it. What is needed once per connection only is in `ModuleRecord`.
struct Session: BitwiseCopyable {
  enum State {
    /// The slot is not in use.
    case free
    /// Connected; HELLO has not come yet.
    case greeting
    /// A module of the bus.
    case live
    /// Its GOODBYE is on the way out; what it sends is thrown away.
    case leaving
    /// All is sent and the sending side is shut; the other end may still read.
    case lingering
  }

  var state = State.free
  /// Module id, written into every frame; 0 before HELLO.
  var source: UInt32 = 0
  var isObserver = false
  /// In the list of those that have something to send.
  var isDirty = false
  /// When greeting, leaving or lingering ends by force, in monotonic nanoseconds.
  var deadline: UInt64 = 0

  // MARK: What it sends

  /// Bytes that were read and not routed: the start of a frame, or all that followed a full receiver.
  var pending = ByteQueue()
  /// The size of a large frame that is gathered in `pending`; 0 if there is none.
  var largeFrameBytes = 0
  /// Waits for this slot to have room; nothing is read meanwhile.
  var waitsFor: SessionID?
  /// Since when it waits, in monotonic nanoseconds.
  var waitsSince: UInt64 = 0
  /// Its place in the line of those who wait; 0 if it does not.
  var ticket: UInt64 = 0
  var liveness = Liveness()

  // MARK: What it receives

  var output = OutputQueues()
  /// How many others wait for room in `output`.
  var waitingCount = 0
  var patience = Patience()
  /// Has used up its patience: nobody waits for it, its full queues drop what is oldest.
  var isSlow = false
  /// Its connection took less than there was.
  var isBehind = false
  /// When its connection last took everything after it was behind.
  var caughtUpAt: UInt64 = 0
  /// Has lost frames that were not reported to it yet.
  var hasLosses = false
  /// No report of losses before it.
  var nextLossReport: UInt64 = 0
  var counters = SessionCounters()

  /// Whether senders wait for room in a lane. Nobody waits for observers and slow modules.
  @inline(__always)
  func isAwaited(in lane: Lane) -> Bool { lane.holdsBack && !isSlow && !isObserver }
}

/// What was counted for a session since it began.
struct SessionCounters: BitwiseCopyable {
  var framesIn: UInt64 = 0
  var bytesIn: UInt64 = 0
  var framesOut: UInt64 = 0
  var bytesOut: UInt64 = 0
  /// The most that ever waited for it.
  var waitingBytesMark = 0
  var lost: UInt64 = 0
}

/// A slot in the table of sessions.
public struct SessionID: Hashable, Sendable, BitwiseCopyable {
  /// Its place in the table of sessions.
  public let slot: UInt32

  /// The session at a place in the table.
  public init(slot: UInt32) {
    self.slot = slot
  }
}
