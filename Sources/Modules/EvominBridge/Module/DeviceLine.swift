import BusClient
import EvominBridgeProtocol

/// A line to a device, and the protocol on it. Times are monotonic nanoseconds.
protocol DeviceLine: AnyObject {
  /// As the user wrote it.
  var path: String { get }
  var isOpen: Bool { get }
  /// Frames that are neither acknowledged nor given up.
  var waitingFrames: Int { get }
  /// The longest payload that the device can receive.
  var payloadBytesMax: Int { get }
  var counters: EvominLinkCounters { get }
  /// When `turn` is due; nil if nothing is expected.
  var deadline: UInt64? { get }
  /// Readable when `turn` is due for another reason; nil if there is no such thing.
  var descriptor: FileDescriptor? { get }

  /// Moves bytes both ways, opens the line when it is time, and sends what is due. Read every event then.
  func turn(at now: UInt64)
  func send(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID
  /// What has happened; nil when nothing is left.
  func nextEvent() -> LineEvent?
  /// Gives up what waits, and closes the line for good.
  func close(at now: UInt64)
}

/// What has happened on a line.
enum LineEvent: Equatable {
  case opened
  case lost(SystemError)
  /// It cannot be opened; reported once for each cause.
  case unavailable(SystemError)
  /// Bytes were not sent, because those before them have not left.
  case stuck
  case link(EvominAction)
}
