import BusSystem
import DeviceIO
import ProgramKit

extension Bus {
  /// The time that `wake(at:)` goes by: how long it is since some moment in the past. It only goes forward. In tests it
  /// is that of `MockBus`.
  public var now: Duration { .nanoseconds(link.monotonicTime) }

  /// Nanoseconds since the Unix epoch, as the time stamps of frames count them.
  public var wallTime: UInt64 { link.wallTime }

  /// What the program was given on its command line: the module's own options, and `sim`.
  public var options: GivenOptions { configuration.options }

  /// Wakes the module early whenever a descriptor, such as that of a `SerialLine`, is readable.
  ///
  /// A descriptor that nobody reads stays readable: it wakes the module 64 times and then ten times in a
  /// millisecond. Frames come in between as ever.
  ///
  /// - Parameters:
  ///   - descriptor: it must stay open until `stopWaking(on:)`.
  ///   - writing: whether to wake when it is writable, too; a second call for the descriptor changes it.
  public func wake(on descriptor: FileDescriptor, writing: Bool = false) {
    let interest = WakeInterest(descriptor: descriptor, writing: writing)
    if let index = wakeInterests.firstIndex(where: { $0.descriptor == descriptor }) {
      wakeInterests[index] = interest
    } else {
      wakeInterests.append(interest)
    }
  }

  /// Ends what `wake(on:)` began. Call it before the descriptor is closed.
  public func stopWaking(on descriptor: FileDescriptor) {
    wakeInterests.removeAll { $0.descriptor == descriptor }
    readyDescriptors.removeAll { $0 == descriptor }
  }

  /// Ends all waking, by descriptors and by time.
  func stopWaking() {
    wakeInterests = []
    readyDescriptors = []
    wakeTime = nil
  }

  /// Whether a descriptor given to `wake(on:)` was ready when this turn began.
  public func isReady(_ descriptor: FileDescriptor) -> Bool {
    readyDescriptors.contains(descriptor)
  }

  /// Waits for one of these descriptors to be readable, at most until a time: for a module that brings its device to
  /// rest in `stop()`, when `process()` is not called any more.
  ///
  /// - Parameters:
  ///   - descriptors: what may end the wait early.
  ///   - deadline: the time, as `now` says it; if it has passed, this returns at once.
  public func wait(for descriptors: [FileDescriptor], until deadline: Duration) {
    let interests = descriptors.map { WakeInterest(descriptor: $0, writing: false) }
    _ = link.wait(forBytes: false, forRoom: false, others: interests, until: deadline.inNanoseconds)
  }

  /// Has `process()` called at a time, once, if not before: for what is due between two beats.
  ///
  /// It replaces the time that was set before. The call is not a beat.
  ///
  /// - Parameter time: as `now` says it; at once if it has passed, not at all if nil.
  public func wake(at time: Duration?) {
    wakeTime = time
  }

  /// Forgets the time that `wake(at:)` set, if it has come.
  ///
  /// - Returns: whether it has.
  package func endWakeTime() -> Bool {
    guard let wakeTime, now >= wakeTime else { return false }
    self.wakeTime = nil
    return true
  }
}
