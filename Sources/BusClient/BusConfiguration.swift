import BusSystem
import BusWire
import ProgramKit

/// Who a client is and where its manager is.
public struct BusConfiguration: Sendable {
  /// The name of the module; with the instance it is unique on the bus.
  public var name: String
  /// Which of several equal devices this is; stamped on every frame.
  public var instance: UInt8 = 0
  /// The manager; nil tries the usual places.
  public var address: BusAddress?
  /// A tool that looks on: it never counts as a listener and is never waited for.
  public var isObserver = false
  /// Where the module keeps what must outlive it, such as the journal of its jobs; nil keeps nothing.
  public var stateFolder: String?
  /// What the program of a module was given on its command line.
  public var options = GivenOptions()
  /// Where its events go; standard error by default.
  public var log = Log()

  /// A client of the usual manager, as instance 0.
  ///
  /// - Parameter name: 1 to 64 letters, digits and `._-`.
  public init(name: String) {
    self.name = name
  }

  /// The state folder that systemd gives a service, else this user's; nil if there is neither.
  public static var usualStateFolder: String? {
    if let folders = ServiceManager.environment("STATE_DIRECTORY"), let first = folders.split(separator: ":").first {
      return String(first)
    }
    if let folder = ServiceManager.environment("XDG_STATE_HOME") { return "\(folder)/framebus" }
    return ServiceManager.environment("HOME").map { "\($0)/.local/state/framebus" }
  }

  /// The path of a file of this module in its state folder; nil if it has none.
  public func statePath(_ file: String) -> String? {
    stateFolder.map { "\($0)/\(name)-\(instance)/\(file)" }
  }

  /// The places to try, in order: an explicit address alone, else `$FRAMEBUS` alone, else the usual ones.
  ///
  /// - Throws: `BusError` if `$FRAMEBUS` is no address.
  public func addresses() throws(BusError) -> [BusAddress] {
    if let address { return [address] }
    if let text = ServiceManager.environment("FRAMEBUS") {
      do throws(BusAddress.ParseError) {
        return [try BusAddress(text)]
      } catch {
        throw BusError(.configuration, "$FRAMEBUS: \(error)", cause: error)
      }
    }
    let paths = [BusAddress.runtimeDirectorySocket, BusAddress.systemSocket].compactMap(\.self)
    return paths.map { .unix(path: $0) } + [.tcp(host: "127.0.0.1", port: WireProtocol.port)]
  }
}

/// The version of the SDK, in HELLO.
package enum ClientVersion {
  package static let name = "framebus-swift"
  package static let text = "0.1.0"
}
