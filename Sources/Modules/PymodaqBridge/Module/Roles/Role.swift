import BusClient
import Frames

/// A role of the map while the bridge runs.
protocol Role: AnyObject {
  /// What has to be listened for.
  var subscriptions: [Subscription] { get }
  /// When `process` is due; nil if nothing is.
  var deadline: Duration? { get }
  /// For PYMODAQ_STATUS.
  var status: PymodaqRole { get }
  /// Whether it has said farewell, after `leave`.
  var hasLeft: Bool { get }

  /// Takes a frame that the bridge has received.
  func handle(_ frame: Frame, at now: Duration) throws
  /// The bus is there again, or away.
  func busChanged(isThere: Bool, at now: Duration)
  /// Does what is due and what has arrived.
  func process(at now: Duration) throws
  /// Says farewell to PyMoDAQ.
  func leave(at now: Duration)
}

extension Bus {
  /// The age of a frame that was kept says when its value was true; one that is live is true now.
  func time(of frame: Frame, at now: Duration) -> Duration {
    guard frame.isRetained, wallTime > frame.timestamp else { return now }
    return now - .nanoseconds(Int64(clamping: wallTime - frame.timestamp))
  }
}

extension Frame {
  /// Seconds since the Unix epoch, at send.
  var seconds: Double { Double(timestamp) * 1e-9 }
}
