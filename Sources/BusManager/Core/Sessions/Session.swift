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

  /// Bytes that were read and not routed: the start of a frame, or all that followed a full receiver.
  var pending = ByteQueue()
  /// The size of a large frame that is gathered in `pending`; 0 if there is none.
  var largeFrameBytes = 0
  /// Waits for this slot to have room; nothing is read meanwhile.
  var waitsFor: SessionID?
  /// Since when it waits, as a place in line; 0 if it does not.
  var ticket: UInt64 = 0
  /// How many others wait for room in `output`.
  var waitingCount = 0

  var output = OutputQueues()
  /// Frames that it missed because its queue was full and it is not waited for.
  var missedFrames: UInt64 = 0
}

/// A slot in the table of sessions.
public struct SessionID: Hashable, Sendable, BitwiseCopyable {
  public let slot: UInt32

  public init(slot: UInt32) {
    self.slot = slot
  }
}
