import BusClient
import BusSystem

/// What a script listens for: the frames that are known, and names that nobody has declared yet.
struct PipeListening {
  private let session: BusSession
  private let console: Console
  private var unknown: [String]
  private var subscriptions: [Subscription] = []
  private var nextLook: UInt64 = 0

  /// - Parameter frames: as the script names them; none listens for nothing.
  init(_ frames: [String], _ session: BusSession, _ console: Console) {
    self.session = session
    self.console = console
    unknown = frames
  }

  /// How often names that nobody knows are looked for, in nanoseconds.
  private static let lookNanoseconds: UInt64 = 500_000_000

  /// Listens for what has become known. What is still unknown is said once.
  mutating func update(_ sender: inout PipeSender) throws(ToolError) {
    let now = Clock.monotonic
    guard !unknown.isEmpty, session.bus.isConnected, now >= nextLook else { return }
    if nextLook > 0 { try session.refresh() }
    var left: [String] = []
    for name in unknown {
      do throws(ToolError) {
        let found = try session.view.subscriptions([name], instance: nil)
        for subscription in found { sender.declareListening(subscription.type) }
        subscriptions += found
      } catch {
        if nextLook == 0 { console.report("\(error.message); waiting for it") }
        left.append(name)
      }
    }
    nextLook = now + Self.lookNanoseconds
    if left.count < unknown.count { session.listen(for: subscriptions) }
    unknown = left
  }
}
