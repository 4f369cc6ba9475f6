import BusClient
import BusSystem

/// Which bus a command works on, and whether it waits for what is not there yet.
struct BusPlace {
  static let options: [CommandOptions.Option] = [
    .init(
      "bus", value: "ADDRESS",
      "The manager: HOST:PORT or the path of its Unix socket ($FRAMEBUS, else the usual places)."),
    .init("wait", "Wait for a manager, and for the modules that are needed there, until Ctrl-C."),
    .init("no-color", "No colours, not even on a terminal (as with $NO_COLOR)."),
  ]

  /// Where the manager is; nil tries the usual places.
  let address: BusAddress?
  let waits: Bool

  init(_ given: CommandOptions) throws(CommandOptions.UsageError) {
    waits = given.has("wait")
    do throws(BusAddress.ParseError) {
      address = try given.value("bus").map { text throws(BusAddress.ParseError) in try BusAddress(text) }
    } catch {
      throw CommandOptions.UsageError("--bus: \(error)")
    }
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
