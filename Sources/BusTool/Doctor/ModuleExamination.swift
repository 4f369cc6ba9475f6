import BusWire

/// What ails a module, and who is missing at the other end of each of its frames.
struct ModuleExamination {
  let bus: Examination
  let module: UInt32

  var findings: [Finding] {
    [state] + [bus.hang(of: module), bus.loss(of: module)].compactMap(\.self) + bus.links.problems(of: module) + frames
  }

  private var name: String { bus.view.moduleName(module) }

  private var state: Finding {
    let sent = bus.window.perSecond(bus.window.growth(of: \.framesIn, in: module)) ?? 0
    let got = bus.window.perSecond(bus.window.growth(of: \.framesOut, in: module)) ?? 0
    return .ok("\(name) is connected; it sends \(Compact.text(sent)) frames per second and gets \(Compact.text(got))")
  }

  private var frames: [Finding] {
    let mine = bus.view.frames.filter { $0.senders.contains(module) || $0.listeners.contains(module) }
    if mine.isEmpty {
      return [
        .note(
          "it has declared no frame", means: "It listens for nothing, or for all, and has sent nothing yet.",
          do: "See its log.")
      ]
    }
    return mine.flatMap { frame in
      var found: [Finding] = []
      if frame.senders.contains(module) {
        let others = frame.listeners.filter { $0 != module }
        found.append(others.isEmpty ? Self.unheard(frame, bus) : .ok("sends \(frame.name) to \(bus.names(others))"))
      }
      if frame.listeners.contains(module) {
        let others = frame.senders.filter { $0 != module }
        // A module that only answers requests of a frame sends it itself.
        if !others.isEmpty {
          found.append(bus.missed(frame, by: module) ?? .ok("gets \(frame.name) from \(bus.names(others))"))
        } else if !frame.senders.contains(module) {
          found.append(Self.unsent(frame, bus))
        }
      }
      let isConcerned = frame.isClash || frame.disagreements.contains { ($0.listeners + $0.senders).contains(module) }
      return isConcerned ? found + bus.conflicts(frame) : found
    }
  }

  static func unheard(_ frame: FrameUse, _ bus: Examination) -> Finding {
    .note(
      "\(bus.names(frame.senders, .sends)) \(frame.name), and nobody listens for it",
      means: "Its listener may be missing.", do: "'framebus doctor \(frame.name)' says more.")
  }

  static func unsent(_ frame: FrameUse, _ bus: Examination) -> Finding {
    .note(
      "\(bus.names(frame.listeners, .listens)) for \(frame.name), and nobody has sent one yet",
      means: "Its sender may be missing.", do: "'framebus doctor \(frame.name)' says more.")
  }
}

extension Examination {
  /// What is wrong anywhere; nothing of what is right.
  var findings: [Finding] {
    let modules = view.connected.map(\.module)
    return modules.compactMap(hang) + modules.compactMap(loss) + modules.flatMap(links.problems)
      + view.frames.flatMap { frame in
        var found = conflicts(frame) + frame.listeners.compactMap { missed(frame, by: $0) }
        if let silence = silence(of: frame.type, name: frame.name) {
          found.append(silence)
        } else if frame.senders.isEmpty, !frame.listeners.isEmpty {
          found.append(ModuleExamination.unsent(frame, self))
        } else if !frame.senders.isEmpty, frame.receivers(of: frame.senders).isEmpty {
          found.append(ModuleExamination.unheard(frame, self))
        }
        return found
      }
  }
}
