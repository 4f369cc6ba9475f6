import BusWire

/// The meters of all frames that pass, by kind and sender.
struct MeterBoard {
  struct Key: Hashable, Comparable {
    let type: UInt16
    let instance: UInt8
    let isRequest: Bool
    let source: UInt32

    static func < (left: Key, right: Key) -> Bool {
      (left.type, left.instance, left.isRequest ? 1 : 0, left.source)
        < (right.type, right.instance, right.isRequest ? 1 : 0, right.source)
    }
  }

  /// Kinds that are measured at a time. No schema has as many; a sender that makes up types must not fill the memory.
  static let kindsMax = 4096

  let windowSeconds: Int
  private var meters: [Key: FrameMeter] = [:]
  /// Frames of kinds beyond those, since the start.
  private(set) var unmeasured: UInt64 = 0
  /// Frames that this tool lost since the start, those of no known kind too.
  private(set) var lost: UInt64 = 0

  init(windowSeconds: Int) { self.windowSeconds = windowSeconds }

  /// Measures a frame. Last values that were kept are none: they were sent at some other time.
  ///
  /// - Parameter now: in monotonic nanoseconds.
  mutating func add(_ header: FrameHeader, now: UInt64) {
    guard !header.flags.contains(.retained) else { return }
    let key = Key(
      type: header.type, instance: header.instance, isRequest: header.flags.contains(.request), source: header.source)
    guard meters.count < Self.kindsMax || meters[key] != nil else {
      unmeasured += 1
      return
    }
    meters[key, default: FrameMeter(windowSeconds: windowSeconds)]
      .add(timestamp: header.timestamp, byteCount: header.frameByteCount, now: now)
  }

  /// LOST does not distinguish values from requests; values are what is sent fast.
  mutating func add(_ loss: Lost) {
    lost &+= loss.count
    let keys = [false, true].map {
      Key(type: loss.type, instance: loss.instance, isRequest: $0, source: loss.source)
    }
    if let key = keys.first(where: { meters[$0] != nil }) { meters[key]?.lose(loss.count) }
  }

  /// Begins another second. Who has been silent for long is forgotten.
  mutating func beginSecond(now: UInt64) {
    meters = meters.filter { $0.value.measurement(at: now).age < Double(max(60, windowSeconds)) }
    for key in meters.keys { meters[key]?.beginSecond() }
  }

  /// Forgets everything: module ids have another meaning.
  mutating func removeAll() { meters = [:] }

  func measurements(at now: UInt64) -> [(key: Key, value: FrameMeter.Measurement)] {
    meters.sorted { $0.key < $1.key }.map { ($0.key, $0.value.measurement(at: now)) }
  }
}
