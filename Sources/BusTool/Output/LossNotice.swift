import BusClient
import BusSystem

/// Tells a person that the tool itself lost frames, once a second at most: who lags behind should not write a lot.
struct LossNotice {
  /// Not told yet.
  private var count: UInt64 = 0
  private var last = ""
  private var nextNote: UInt64 = 0

  mutating func note(_ lost: Lost, _ view: BusView, _ console: Console) {
    count &+= lost.count
    let name = view.declaration(of: lost.type, from: lost.source)?.name ?? "frame \(lost.type)"
    last = lost.type == 0 ? "" : ", the last of them \(name) from \(view.moduleName(lost.source))"
    guard Clock.monotonic >= nextNote else { return }
    noteRest(console)
    nextNote = Clock.monotonic + 1_000_000_000
  }

  /// Tells what was not told yet.
  mutating func noteRest(_ console: Console) {
    guard count > 0 else { return }
    console.report("frames come faster than they are read here: \(count) lost\(last)")
    count = 0
  }
}
