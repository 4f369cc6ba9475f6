import BusClient
import BusSystem

/// Who the tool is on the bus while a command runs.
struct ClientRole {
  var name: String
  var instance: UInt8 = 0
  /// It looks on: it is never waited for and does not count as a listener.
  var isObserver: Bool

  static var observer: ClientRole { ClientRole(name: "framebus-\(BusSystem.Process.id)", isObserver: true) }
}
