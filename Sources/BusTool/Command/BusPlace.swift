import BusClient
import BusSystem

/// Which bus a command works on, and whether it waits for what is not there yet.
struct BusPlace {
  private static let wait = Option(
    "wait", "Wait for a manager, and for the modules that are needed there, until Ctrl-C.")
  static let noColor = Option("no-color", "No colours, not even on a terminal (as with $NO_COLOR).")
  static let options: [any ProgramOption] = [ModuleOptions.bus, wait, noColor]

  /// Where the manager is; nil tries the usual places.
  let address: BusAddress?
  let waits: Bool

  init(_ given: GivenOptions) {
    waits = given[Self.wait]
    address = given[ModuleOptions.bus]
  }
}

/// Who the tool is on the bus while a command runs.
struct ClientRole {
  var name: String
  var instance: UInt8 = 0
  /// It looks on: it is never waited for and does not count as a listener.
  var isObserver: Bool

  static var observer: ClientRole { ClientRole(name: "framebus-\(BusSystem.Process.id)", isObserver: true) }
}
