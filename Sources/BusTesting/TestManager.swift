import BusManagerHost
import BusSystem
import BusWire

/// A real manager in the test's own process, on a TCP port that the system chose.
///
///     let manager = try TestManager()
///     let bus = try Bus(manager.configuration("thermometer"))
///
/// It ends with `stop()`, or when the last reference to it goes.
public final class TestManager {
  /// Where it listens.
  public let address: BusAddress
  private let wakeup: Wakeup
  private var thread: Thread?

  /// Starts a manager.
  ///
  /// - Parameters:
  ///   - address: where it listens; a free port of 127.0.0.1 unless told otherwise.
  ///   - log: warnings on standard error unless told otherwise.
  /// - Throws: `SystemError` if it cannot listen.
  public init(
    _ settings: ManagerSettings = ManagerSettings(), at address: BusAddress = .tcp(host: "127.0.0.1", port: 0),
    log: Log = Log(level: .error)
  ) throws(SystemError) {
    let listener = try Listener(address)
    let wakeup = try Wakeup()
    self.address = listener.address
    self.wakeup = wakeup
    thread = try Thread {
      do throws(SystemError) {
        var loop = try ManagerLoop(settings, listeners: [listener], stop: wakeup, log: log)
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
    wakeup.signal()
    thread.join()
    wakeup.descriptor.close()
  }
}
