import BusClient
import BusSystem

/// What systemd says of one of our services.
struct ServiceUnit: Equatable {
  let name: String
  private let properties: [String: String]

  /// In its words, such as `failed (start-limit-hit)`.
  var state: String {
    let result = self["Result"]
    return self["ActiveState"] + (result.isEmpty || result == "success" ? "" : " (\(result))")
  }

  /// The process id of its program; 0 if none runs.
  var pid: UInt32 { UInt32(self["MainPID"]) ?? 0 }
  var isActive: Bool { self["ActiveState"] == "active" }

  private subscript(_ property: String) -> String { properties[property] ?? "" }

  /// Reads what `systemctl show` prints: properties by line, and an empty line between units.
  static func units(in text: String) -> [ServiceUnit] {
    var units: [ServiceUnit] = []
    var properties: [String: String] = [:]
    let lines: [Substring] = (text + "\n").split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines {
      if let sign = line.firstIndex(of: "=") {
        properties[String(line[..<sign])] = String(line[line.index(after: sign)...])
      } else if line.isEmpty, let name = properties["Id"] {
        units.append(ServiceUnit(name: name, properties: properties))
        properties = [:]
      }
    }
    return units
  }

  /// The manager's service and those of modules that systemd has to do with; empty without systemd.
  static func all() -> [ServiceUnit] {
    guard Folder(path: "/run/systemd").has("system"),
      let child = try? ChildProcess(
        "/usr/bin/systemctl",
        arguments: [
          "systemctl", "show", "--no-pager", "-p", "Id,LoadState,ActiveState,Result,NRestarts,MainPID",
          "bus-manager.service", "bus-module@*.service",
        ])
    else { return [] }
    let deadline = Clock.monotonic(after: .seconds(5))
    var bytes: [UInt8] = []
    while Clock.monotonic < deadline, bytes.count < 1 << 20, child.read(into: &bytes) {
      var wait = DescriptorWait()
      wait.add(child.descriptor)
      wait.wait(until: deadline)
    }
    return units(in: String(decoding: bytes, as: UTF8.self)).filter { $0["LoadState"] == "loaded" }
  }

  /// What ails the module of this service.
  ///
  /// - Parameter connected: the processes that are on the bus.
  func finding(connected: Set<UInt32>) -> Finding? {
    guard name.hasPrefix("bus-module@") else { return nil }
    let unit = name.hasSuffix(".service") ? String(name.dropLast(".service".count)) : name
    switch self["ActiveState"] {
    case "failed":
      return .problem(
        "\(unit) is \(state), after \(self["NRestarts"]) restarts",
        means: "Its program cannot start, or ended again and again; systemd has given it up.",
        do:
          "'journalctl -u \(unit) -n 20' says why; then 'systemctl reset-failed \(unit)' and 'systemctl start \(unit)'."
      )
    case "activating":
      return .problem(
        "\(unit) is being started, after \(self["NRestarts"]) restarts", means: "It has just begun, or ends each time.",
        do: "'journalctl -u \(unit) -n 20' says why.")
    case "active" where pid != 0 && !connected.contains(pid):
      return .problem(
        "\(unit) runs (process \(pid)), but is not on the bus",
        means: "It looks for a manager at another address, was refused, or hangs.",
        do: "'journalctl -u \(unit) -n 20' says which.")
    default: return nil
    }
  }
}
