import BusClient
import BusSystem

/// Reports that the tool itself lost frames, once a second at most: a tool that lags behind should not write a lot.
struct LossNotice {
  /// Not reported yet.
  private var count: UInt64 = 0
  private var last = ""
  private var nextReport: UInt64 = 0

  mutating func add(_ lost: Lost, _ view: BusView, _ console: Console) {
    // Nothing was lost here: late listeners will not get what this tool sent.
    if lost.reason == .notKept { return }
    count &+= lost.count
    let name = view.declaration(of: lost.type, from: lost.source)?.name ?? "frame \(lost.type)"
    last = lost.type == 0 ? "" : ", the last of them \(name) from \(view.moduleName(lost.source))"
    guard Clock.monotonic >= nextReport else { return }
    reportRest(console)
    nextReport = Clock.monotonic + 1_000_000_000
  }

  /// Reports what was not reported yet.
  mutating func reportRest(_ console: Console) {
    guard count > 0 else { return }
    console.report("frames come faster than they are read here: \(count) lost\(last)")
    count = 0
  }
}
