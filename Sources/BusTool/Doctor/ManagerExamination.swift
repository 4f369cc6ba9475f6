import BusClient
import BusSystem

/// The first questions: does a manager run, where, of which version, and may this user use it?
struct ManagerExamination {
  let answers: [(address: BusAddress, answer: ManagerProbe.Answer)]
  /// What systemd says of the manager's service; nil if it is not asked.
  var service: ServiceUnit?

  /// The address at which a manager took this tool in.
  var reachable: BusAddress? {
    answers.first { if case .manager = $0.answer { true } else { false } }?.address
  }

  var findings: [Finding] {
    var found: [Finding] = []
    for (address, answer) in answers {
      switch answer {
      case .manager(let version, let bus):
        found.append(
          .ok("a manager \(Printable.text(version)) answers at \(address), for the bus '\(Printable.text(bus))'"))
      case .refused(let text):
        found.append(
          .problem(
            "the manager at \(address) refuses this tool: \(Printable.text(text))",
            means: "It is there, but of another version, full or about to end.",
            do: "Install tool and manager of one version; 'framebus --version' and 'bus-manager --version' show them."))
      case .silent:
        found.append(
          .problem(
            "somebody listens at \(address), and says nothing", means: "A manager that hangs, or another program.",
            do: "See who listens with 'ss -lxtp'; 'systemctl restart bus-manager' restarts a manager."))
      case .stranger:
        found.append(
          .problem(
            "what answers at \(address) is no manager", means: "Another program has this port or path.",
            do: "See which with 'ss -lxtp'; end it, or give manager and modules another address."))
      case .failed(let error) where [SystemError.permissionDenied, SystemError.notPermitted].contains(error.code):
        found.append(forbidden(address))
      case .failed: break
      }
    }
    if found.isEmpty { found.append(nobody) }
    return found
  }

  /// Modules find another way, if there is one.
  private func forbidden(_ address: BusAddress) -> Finding {
    let seen = "this user may not use \(address)"
    let advice = "Add the user to the socket's group, as 'sudo adduser $USER framebus', and log in again."
    return reachable.map { .note(seen, means: "It gets to the bus by \($0) instead.", do: advice) }
      ?? .problem(seen, means: "A manager may be there, for the group of that socket.", do: advice)
  }

  private var nobody: Finding {
    let places = answers.map { place in
      if case .failed(let error) = place.answer { "\(place.address) (\(error.reason))" } else { "\(place.address)" }
    }
    let unit = service.map { "systemd says that its service is \($0.state). " } ?? ""
    let advice =
      service == nil
      ? "Start one: 'bus-manager'; or name another address with --bus."
      : "'systemctl status bus-manager' says more; 'systemctl start bus.target' starts it with its modules."
    return .problem(
      "no manager is at \(places.joined(separator: ", "))", means: unit + "None runs, or it listens elsewhere.",
      do: advice)
  }

  /// Asks at all addresses that a module would try.
  static func look(_ place: BusPlace) throws(ToolError) -> ManagerExamination {
    var configuration = BusConfiguration(name: "framebus")
    configuration.address = place.address
    do throws(BusError) {
      return ManagerExamination(answers: try configuration.addresses().map { ($0, ManagerProbe.ask($0)) })
    } catch {
      throw ToolError(error)
    }
  }
}
