import BusManagerHost
import BusSystem
import BusWire
import Synchronization

/// A real manager in the test's own process, on a TCP port that the system chose.
///
///     let manager = try TestManager()
///     let bus = try Bus(manager.configuration("thermometer"))
///
/// It ends with `stop()`, or when the last reference to it goes.
public final class TestManager {
  /// Where it listens.
  public let address: BusAddress
  private let end: Wakeup
  private var thread: Thread?

  /// Starts a manager.
  ///
  /// - Parameters:
  ///   - settings: its limits and the name of its bus.
  ///   - address: where it listens; a free port of 127.0.0.1 by default.
  ///   - log: errors on standard error by default.
  /// - Throws: `SystemError` if it cannot listen.
  public init(
    _ settings: ManagerSettings = ManagerSettings(), at address: BusAddress = .tcp(host: "127.0.0.1", port: 0),
    log: Log = Log(level: .error)
  ) throws(SystemError) {
    let listener = try Listener(address)
    let end = try Wakeup()
    let stop = end.descriptor
    self.address = listener.address
    self.end = end
    // A thread can be given only what may be copied, or somebody to take it from.
    let handover = Mutex<Listener?>(listener)
    thread = try Thread {
      do throws(SystemError) {
        var listeners = OwnedArray<Listener>()
        if let listener = handover.withLock({ $0.take() }) { listeners.append(listener) }
        var loop = try ManagerLoop(settings, listeners: listeners, stop: stop, log: log)
        loop.run()
      } catch {
        preconditionFailure("the manager under test cannot run: \(error)")
      }
    }
  }

  deinit { stop() }

  /// A configuration for a client of this manager.
  public func configuration(_ name: String, instance: UInt8 = 0) -> BusConfiguration {
    var configuration = BusConfiguration(name: name)
    configuration.address = address
    configuration.instance = instance
    configuration.log = Log(level: .error)
    return configuration
  }

  /// Shuts the manager down as SIGTERM would, and waits for its end.
  public func stop() {
    guard let thread else { return }
    self.thread = nil
    end.signal()
    thread.join()
  }
}
