import BlenderProtocol
import BusClient
import Frames

extension BlenderModule {
  /// Does what screens ask for. Everything has an answer: a screen that asked waits for it.
  mutating func handle(_ event: Screens.Event, at now: Duration) {
    switch event {
    case .connected(let client):
      // Who comes late sees what is under way.
      if let status = bar.status(at: now) { screens?.send(ScreenReply.status(status), to: client) }
    case .disconnected(let client): desk.forget(client)
    case .message(let client, let text):
      do throws(BarRefusal) {
        try carryOut(try ScreenMessage(text), of: client, at: now)
      } catch {
        tally.refused += 1
        screens?.send(ScreenReply.error("\(error)"), to: client)
      }
    }
  }

  private mutating func carryOut(_ message: ScreenMessage, of client: Screens.Client, at now: Duration)
    throws(BarRefusal)
  {
    switch message {
    case .order(let order):
      // A screen's order is a job like any other, so that modules can follow it; nobody has chosen its id.
      let job = BlenderOrder(order, request: .random(in: 1 ... .max))
      desk.accept(job, order.action, try check(order, at: now), from: client)
    case .cancel:
      guard bar.request != nil else { throw BarRefusal("there is nothing to stop") }
      cancel(as: .cancelled, "stopped", at: now)
    case .echo(let data): screens?.send(ScreenReply.echo(data), to: client)
    case .getStatus: screens?.send(ScreenReply.status(bar.status(at: now)), to: client)
    case .getPumps: screens?.send(ScreenReply.pumps(memory.setup), to: client)
    case .getConfiguration: screens?.send(configurationReply, to: client)
    case .reloadConfiguration: try reload()
    case .set(let change):
      try memory.apply(change)
      if case .secondsPerLitre = change {
        screens?.broadcast(ScreenReply.secondsPerLitre(memory.setup))
      } else {
        screens?.broadcast(ScreenReply.pumps(memory.setup))
      }
    }
  }

  var configurationReply: String {
    ScreenReply.configuration(memory.setup, isReady: tally.isReady, tally.reason)
  }

  private mutating func reload() throws(BarRefusal) {
    do throws(UsageError) {
      try memory.reload()
    } catch {
      throw BarRefusal("the configuration is as before: \(error)")
    }
    screens?.broadcast(configurationReply)
  }
}
