import BusWire

/// Keeps what a module has to send until the bus accepts it, in order.
///
/// For events of a device, which happen whether a manager is there or not. When too many wait, the oldest is dropped,
/// counted, and reported in the log once the rest is on its way.
public struct Backlog {
  private enum Entry {
    case frame(any TypedFrame)
    case payload([UInt8], FrameType, instance: UInt8?)

    func send(on bus: Bus) throws(BusError) {
      switch self {
      case .frame(let frame): try bus.send(frame)
      case .payload(let payload, let type, let instance): try bus.send(payload: payload, of: type, instance: instance)
      }
    }
  }

  /// How many frames may wait.
  public let framesMax: Int
  /// Frames that waited in vain.
  public private(set) var droppedFrames: UInt64 = 0
  private var waiting: [Entry] = []
  /// How many of the dropped frames are in the log.
  private var loggedFrames: UInt64 = 0
  /// Whether the bus accepted nothing when it was last tried. Trying costs a second then; that is for the next turn.
  private var isHeldUp = false

  /// - Parameter framesMax: how many frames may wait.
  public init(framesMax: Int = 256) {
    self.framesMax = max(1, framesMax)
  }

  /// How many frames wait.
  public var count: Int { waiting.count }

  /// Sends a frame behind those that wait, now or later.
  ///
  /// - Throws: `BusError` if a frame that waits, such as this one, breaks its schema; that frame alone is not kept.
  public mutating func send(_ frame: some TypedFrame, on bus: Bus) throws(BusError) {
    try send(.frame(frame), on: bus)
  }

  /// Sends a payload that is encoded already behind what waits, now or later.
  ///
  /// - Parameter instance: the module's own by default.
  /// - Throws: `BusError` if it is too large; it is not kept then.
  public mutating func send(
    payload: [UInt8], of type: FrameType, instance: UInt8? = nil, on bus: Bus
  ) throws(BusError) {
    try send(.payload(payload, type, instance: instance), on: bus)
  }

  private mutating func send(_ entry: Entry, on bus: Bus) throws(BusError) {
    waiting.append(entry)
    defer {
      if waiting.count > framesMax {
        waiting.removeFirst()
        droppedFrames += 1
      }
    }
    if !isHeldUp { try sendWaiting(on: bus) }
  }

  /// Sends what waits, as far as the bus accepts it. A module calls it on each turn.
  ///
  /// - Throws: `BusError` like `send`.
  public mutating func flush(on bus: Bus) throws(BusError) {
    isHeldUp = false
    try sendWaiting(on: bus)
    guard waiting.isEmpty, droppedFrames > loggedFrames else { return }
    bus.log(
      .warning, "events_dropped",
      ["frames": "\(droppedFrames - loggedFrames)", "reason": "more than \(framesMax) waited for the manager"])
    loggedFrames = droppedFrames
  }

  private mutating func sendWaiting(on bus: Bus) throws(BusError) {
    while bus.isConnected, let entry = waiting.first {
      do throws(BusError) {
        try entry.send(on: bus)
      } catch  where [.notConnected, .backpressure, .stopped].contains(error.code) {
        isHeldUp = error.code == .backpressure
        return
      } catch {
        waiting.removeFirst()
        throw error
      }
      waiting.removeFirst()
    }
  }
}
