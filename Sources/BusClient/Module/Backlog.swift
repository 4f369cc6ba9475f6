import BusWire

/// Keeps what a module has to tell until the bus takes it, in order.
///
/// For events of a device, which happen whether a manager is there or not. When too many wait, the oldest is dropped and
/// counted.
public struct Backlog {
  /// How many frames may wait.
  public let framesMax: Int
  /// Frames that waited in vain.
  public private(set) var droppedFrames: UInt64 = 0
  private var waiting: [any TypedFrame] = []

  public init(framesMax: Int = 256) {
    self.framesMax = max(1, framesMax)
  }

  /// How many frames wait.
  public var count: Int { waiting.count }

  /// Sends a frame behind those that wait, now or later.
  ///
  /// - Throws: `BusError` if the frame breaks its schema; it is not kept then.
  public mutating func send(_ frame: some TypedFrame, on bus: Bus) throws(BusError) {
    try flush(on: bus)
    if waiting.count == framesMax {
      waiting.removeFirst()
      droppedFrames += 1
    }
    waiting.append(frame)
    try flush(on: bus)
  }

  /// Sends what waits, as far as the bus takes it. A module calls it on each turn.
  public mutating func flush(on bus: Bus) throws(BusError) {
    while bus.isConnected, let frame = waiting.first {
      do throws(BusError) {
        try bus.send(frame)
      } catch  where [.notConnected, .backpressure, .stopped].contains(error.code) {
        return
      } catch {
        waiting.removeFirst()
        throw error
      }
      waiting.removeFirst()
    }
  }
}
