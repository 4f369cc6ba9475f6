import BusClient
import BusSystem
import JSONValue

extension ListReport {
  /// Everything that is known, exact.
  var json: JSON {
    let status = window.status
    let bus = JSON.object([
      .init("uptime_milliseconds", .integer(status.uptimeMilliseconds)),
      .init("queued_bytes", .integer(status.queuedBytes)), .init("queued_bytes_max", .integer(status.queuedBytesMax)),
      .init("retained_bytes", .integer(status.retainedBytes)),
      .init("window_seconds", window.seconds.map { .number("\($0)") } ?? .null),
    ])
    return .object([
      .init("bus", bus), .init("modules", .array(modules.map(json))),
      .init("frames", .array(frames.map(json) + undeclared.map(json))),
    ])
  }

  private func json(_ module: ModuleStatus) -> JSON {
    let id = module.module
    var members: [JSON.Member] = [
      .init("id", .integer(id)), .init("name", .text(module.name)), .init("instance", .integer(module.instance)),
      .init("pid", .integer(module.pid)), .init("uid", module.knownUser.map { .integer($0) } ?? .null),
      .init("user", module.knownUser.flatMap(BusSystem.Process.userName).map { .text($0) } ?? .null),
      .init("state", .text(state(of: module))),
      .init("observer", .bool(module.observer)),
    ]
    for (name, counter) in Self.counters {
      members.append(.init(name, window.counters(of: id).map { .integer($0[keyPath: counter]) } ?? .null))
    }
    for (name, counter) in Self.rates {
      members.append(.init(name, rate(window.growth(of: counter, in: id))))
    }
    return .object(members)
  }

  private static var counters: [(String, KeyPath<ModuleCounters, UInt64>)] {
    [
      ("frames_in", \.framesIn), ("bytes_in", \.bytesIn), ("frames_out", \.framesOut), ("bytes_out", \.bytesOut),
      ("waiting_bytes", \.waitingBytes), ("waiting_bytes_mark", \.waitingBytesMark),
      ("held_milliseconds", \.heldMilliseconds), ("lost", \.lost),
    ]
  }

  private static var rates: [(String, KeyPath<ModuleCounters, UInt64>)] {
    [
      ("frames_in_per_second", \.framesIn), ("bytes_in_per_second", \.bytesIn),
      ("frames_out_per_second", \.framesOut), ("bytes_out_per_second", \.bytesOut), ("lost_per_second", \.lost),
    ]
  }

  private func json(_ frame: FrameUse) -> JSON {
    let disagreements = frame.disagreements.map { disagreement in
      JSON.object([
        .init("listeners", names(disagreement.listeners)), .init("senders", names(disagreement.senders)),
        .init("difference", .text(disagreement.difference)),
      ])
    }
    let head: [JSON.Member] = [.init("id", .integer(frame.type)), .init("name", .text(frame.name))]
    let users: [JSON.Member] = [
      .init("senders", names(frame.senders)), .init("listeners", names(frame.listeners)),
      .init("disagreements", .array(disagreements)),
      .init(
        "names",
        .array(
          frame.names.map { .object([.init("name", .text($0.name)), .init("modules", names($0.modules))]) })),
    ]
    return .object(head + traffic(frame.type) + users)
  }

  /// A frame that nobody has declared.
  private func json(_ type: UInt16) -> JSON {
    .object([.init("id", .integer(type)), .init("name", .null)] + traffic(type))
  }

  private func traffic(_ type: UInt16) -> [JSON.Member] {
    let (total, passed) = (window.total(of: type), window.passed(of: type))
    return [
      .init("frames", .integer(total.frames)), .init("bytes", .integer(total.bytes)),
      .init("frames_per_second", rate(passed.frames)), .init("bytes_per_second", rate(passed.bytes)),
    ]
  }

  private func names(_ ids: [UInt32]) -> JSON { .array(view.moduleNames(ids).map { .text($0) }) }

  private func rate(_ amount: UInt64) -> JSON {
    window.perSecond(amount).map { .number(Compact.decimals($0, 3)) } ?? .null
  }
}
