import BusWire

/// Why a frame does not arrive: the links from its sender to its listeners, in order.
struct FrameExamination {
  let bus: Examination
  let type: UInt16
  let name: String
  private let use: FrameUse?
  private let values: [(source: UInt32, instance: UInt8, count: UInt64)]
  private let requests: [(source: UInt32, instance: UInt8, count: UInt64)]

  init(_ type: UInt16, name: String, _ bus: Examination) {
    self.bus = bus
    self.type = type
    self.name = name
    use = bus.view.frames.first { $0.type == type }
    values = bus.passed(type, requests: false)
    requests = bus.passed(type, requests: true)
  }

  private var senders: [UInt32] { Set((use?.senders ?? []) + values.map(\.source)).sorted() }
  private var listeners: [UInt32] { use?.receivers(of: senders) ?? [] }
  private var valueCount: UInt64 { values.reduce(0) { $0 &+ $1.count } }

  /// What holds, up to the first link that does not.
  var findings: [Finding] {
    let links = [known, distinct, sent, wanted, alive, understood, passing, meeting, kept]
    var found: [Finding] = []
    for link in links {
      found += link()
      if found.contains(where: { $0.grade == .problem }) { break }
    }
    return found
  }

  private func known() -> [Finding] {
    guard use == nil, values.isEmpty, requests.isEmpty else { return [] }
    return [
      .problem(
        "no connected module has declared \(name)", means: "Neither its sender nor a listener is running.",
        do: "Start them; 'framebus list' shows who is there.")
    ]
  }

  private func distinct() -> [Finding] { use.map { $0.isClash ? bus.conflicts($0) : [] } ?? [] }

  private func sent() -> [Finding] {
    guard senders.isEmpty else { return [.ok("\(bus.names(senders)) can send it")] }
    return [
      .problem(
        "\(bus.names(listeners, .waits)) for \(name), but nobody sends it",
        means: "Its sender is not running, or has not sent one yet: a frame is declared when it is first sent.",
        do: "Start the sender; 'framebus send \(name) FIELD=VALUE' sends one by hand.")
    ]
  }

  private func wanted() -> [Finding] {
    guard listeners.isEmpty else { return [.ok("\(bus.names(listeners, .listens)) for it")] }
    return [
      .problem(
        "\(bus.names(senders, .sends)) \(name), but no module has declared that it listens for it",
        means: "The listener is not running, or does not call listen(for:) with this frame.",
        do: "Start the listener; 'framebus listen \(name)' shows what passes meanwhile.")
    ]
  }

  private func alive() -> [Finding] {
    let users = Set(senders + listeners).sorted()
    return users.compactMap(bus.hang) + users.flatMap(bus.links.problems)
  }

  private func understood() -> [Finding] { use.map(bus.conflicts) ?? [] }

  private func passing() -> [Finding] {
    if valueCount > 0 {
      let rate = Compact.text(bus.window.perSecond(valueCount) ?? 0)
      return [.ok("\(valueCount) passed in \(bus.seconds), \(rate) per second")]
    }
    if let silence = bus.silence(of: type, name: name) { return [silence] }
    return [
      .problem(
        "no \(name) passed in \(bus.seconds)",
        means: "Its sender is connected, but has nothing to send now, or waits to be asked.",
        do: "'framebus request \(name)' asks for one; --window watches for longer.")
    ]
  }

  /// Whether instances meet, as far as that can be seen from outside.
  private func meeting() -> [Finding] {
    let answered = Set(values.map(\.instance))
    if let missed = requests.first(where: { !answered.contains($0.instance) }) {
      return [
        .problem(
          "\(missed.count) requests are for instance \(missed.instance), but \(name) comes from \(Examination.list(answered)) only",
          means: "The device that is asked for is not there.", do: "Start it, or correct --instance of one of them.")
      ]
    }
    guard let use else { return [] }
    return listeners.compactMap { bus.missed(use, by: $0) }
  }

  private func kept() -> [Finding] { listeners.compactMap(bus.loss) }
}
