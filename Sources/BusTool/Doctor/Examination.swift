import BusWire

/// What is known of a bus after it was watched for a while; each check is a question to it.
struct Examination {
  let view: BusView
  let window: StatusWindow
  /// The frames that passed while it was watched.
  let traffic: MeterBoard
  /// What modules say about their devices.
  var links = DeviceLinks()

  /// Frames of a type that passed, by sender and instance.
  func passed(_ type: UInt16, requests: Bool) -> [(source: UInt32, instance: UInt8, count: UInt64)] {
    traffic.measurements(at: 0).filter { $0.key.type == type && $0.key.isRequest == requests }
      .map { ($0.key.source, $0.key.instance, $0.value.frames &+ $0.value.lost) }
  }

  func names(_ ids: [UInt32]) -> String { view.list(ids) }

  /// Modules and what they do, such as `a and b listen`.
  ///
  /// - Parameter verb: as for one of them.
  func names(_ ids: [UInt32], _ verb: Verb) -> String {
    "\(view.list(ids)) \(ids.count > 1 ? verb.plural : verb.singular)"
  }

  enum Verb: String {
    case sends, listens, waits

    var singular: String { rawValue }
    var plural: String { String(rawValue.dropLast()) }
  }

  /// How long the bus was watched.
  var seconds: String { Compact.seconds(window.seconds ?? 0) }

  // MARK: What any module can suffer from

  func state(of module: UInt32) -> ModuleState { window.counters(of: module)?.state ?? .joined }

  func hang(of module: UInt32) -> Finding? {
    guard state(of: module) == .hung else { return nil }
    let process = view.modules[module].map { $0.pid == 0 ? "" : " (process \($0.pid))" } ?? ""
    return .problem(
      "\(view.moduleName(module))\(process) is hung: it gives no PONG",
      means: "It is connected, but its program does not return to its bus: it blocks, or is stopped.",
      do: "Look at what it waits for, or restart it.")
  }

  func loss(of module: UInt32) -> Finding? {
    let name = view.moduleName(module)
    let (lost, total) = (window.growth(of: \.lost, in: module), window.counters(of: module)?.lost ?? 0)
    let waiting = Compact.bytes(window.counters(of: module)?.waitingBytes ?? 0)
    if state(of: module) == .slow || lost > 0 {
      return .problem(
        "\(name) is slow: it lost \(lost) frames in \(seconds), \(total) in all, and \(waiting) wait for it",
        means: "It does not read what it is sent; its full queues drop what is oldest.",
        do: "Let its process() take all frames each turn, or send less, or as data_stream.")
    }
    guard total > 0, view.modules[module]?.observer != true else { return nil }
    return .note(
      "\(name) lost \(total) frames since it connected, none now", means: "It did not keep up at some time.",
      do: "Watch it with 'framebus list'.")
  }

  /// Requests that nobody answered while the bus was watched.
  func silence(of type: UInt16, name: String) -> Finding? {
    let asked = passed(type, requests: true).reduce(0) { $0 &+ $1.count }
    // The answer to one at the edge of the window may come after it.
    guard asked > 1, passed(type, requests: false).isEmpty else { return nil }
    return .problem(
      "\(asked) requests for \(name) passed in \(seconds), and no answer",
      means: "The module that should answer is not there, or does not answer.",
      do: "Start the module that sends \(name), or look at its log.")
  }

  /// A listener that is sent nothing of a frame that passes, though it declared that it listens for it.
  ///
  /// What a module listens for is known to the manager only. So this compares what passed with what the listener was
  /// sent in all: less than half of what one instance alone would have brought.
  func missed(_ frame: FrameUse, by listener: UInt32) -> Finding? {
    // Who sends it too listens for requests of it.
    guard frame.listeners.contains(listener), !frame.senders.contains(listener) else { return nil }
    let meant = passed(frame.type, requests: false).filter { $0.source != listener }
    let ofInstance = Dictionary(grouping: meant, by: \.instance).mapValues { $0.reduce(0) { $0 &+ $1.count } }
    // A frame at the edge of the window may be counted on one side only.
    guard let fewest = ofInstance.values.min(), fewest > 1,
      window.growth(of: \.framesOut, in: listener) < fewest / 2
    else { return nil }
    let instances = Self.list(Set(ofInstance.keys))
    return .problem(
      "\(ofInstance.values.reduce(0, &+)) \(frame.name) passed, but \(view.moduleName(listener)) was not sent them",
      means: "It listens for another instance than these, which are from \(instances), or for other frames by now:"
        + " a second listen(for:) replaces the first.",
      do: "Name all frames in one listen(for:), of any instance; or correct --instance of one of them.")
  }

  static func list(_ instances: Set<UInt8>) -> String {
    "instance " + instances.sorted().map { "\($0)" }.joined(separator: ", ")
  }

  /// An id that stands for several frames, and fields about which modules disagree.
  func conflicts(_ frame: FrameUse) -> [Finding] {
    let uses = frame.names.map { "\($0.name) in \(names($0.modules))" }.joined(separator: ", ")
    let clash = Finding.problem(
      "id \(frame.type) stands for several frames: \(uses)",
      means:
        "The id was taken twice, or a frame was renamed in one place only. Who listens for one gets the others too.",
      do: "Give each an id of its own in its frames.yaml; 'framebus schema \(frame.type)' shows them.")
    return (frame.isClash ? [clash] : []) + disagreements(frame)
  }

  private func disagreements(_ frame: FrameUse) -> [Finding] {
    frame.disagreements.map { disagreement in
      .problem(
        "\(names(disagreement.listeners)) (here) and \(names(disagreement.senders)) disagree about \(frame.name): "
          + disagreement.difference,
        means: "The frames arrive, but decode refuses them.",
        do: "Build both from the same frames.yaml; 'framebus schema \(frame.name)' shows both versions.")
    }
  }
}
