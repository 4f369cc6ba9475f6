import BlenderProtocol
import BusClient
import Frames

extension BarOrder {
  /// The order in a frame.
  ///
  /// - Throws: `BarRefusal` if it asks for nothing that there is.
  init(_ order: BlenderOrder) throws(BarRefusal) {
    switch order.action {
    case .blend where !order.recipe.isEmpty && !order.shares.isEmpty:
      throw BarRefusal("give a recipe or shares, not both")
    case .blend where !order.recipe.isEmpty: self = .recipe(order.recipe, cup: order.cup)
    case .blend:
      self = .blend(cup: order.cup, shares: order.shares.map { PumpShare(pump: Int($0.pump), ratio: $0.ratio) })
    case .refill where order.pump == 255, .calibrate where order.pump == 255:
      throw BarRefusal("say which pump: pump=0 to 7")
    case .refill: self = .refill(pump: Int(order.pump))
    case .calibrate: self = .calibrate(pump: Int(order.pump), time: .milliseconds(100 * Int64(order.rawTime)))
    default: throw BarRefusal("the action must be BLEND, REFILL or CALIBRATE")
    }
  }
}

extension BlenderOrder {
  /// A screen's order.
  init(_ order: BarOrder, request: UInt32) {
    switch order {
    case .blend(let cup, let shares):
      self.init(
        request: request, action: .blend, cup: cup,
        shares: shares.map { BlenderShare(pump: UInt8(clamping: $0.pump), ratio: $0.ratio) })
    case .recipe(let name, let cup): self.init(request: request, action: .blend, cup: cup, recipe: name)
    case .refill(let pump): self.init(request: request, action: .refill, pump: UInt8(clamping: pump))
    case .calibrate(let pump, let time):
      self.init(request: request, action: .calibrate, pump: UInt8(clamping: pump), time: time.seconds)
    }
  }
}

extension BlenderAction {
  init(_ action: BarAction) {
    switch action {
    case .blend: self = .blend
    case .refill: self = .refill
    case .calibrate: self = .calibrate
    }
  }
}

extension BlenderProgress {
  init(_ request: UInt32, _ status: Bar.Status) {
    self.init(
      request: request, action: BlenderAction(status.action), initialTime: UInt16(clamping: status.initialSeconds),
      remainingTime: UInt16(clamping: status.remainingSeconds), running: status.running.pumps.map(\.rawValue))
  }
}

extension BlenderOutcome {
  init(_ ending: Bar.Ending) {
    let (outcome, mayHavePoured): (JobOutcome, Bool) =
      switch ending.result {
      case .done: (.done, false)
      case .cancelled: (.cancelled, false)
      case .failed(let mayHavePoured): (.failed, mayHavePoured)
      }
    self.init(
      request: ending.request, outcome: outcome, text: ending.text, action: BlenderAction(ending.status.action),
      runs: ending.runs.map { BlenderRun(pump: $0.pump.rawValue, time: $0.time.seconds) },
      mayHavePoured: mayHavePoured)
  }

  init(_ order: BlenderOrder, refusedBecause refusal: BarRefusal) {
    self.init(request: order.request, outcome: .refused, text: "\(refusal)", action: order.action)
  }

  /// An order that an earlier process accepted, and of which nobody knows how far it came.
  init(abandoned order: BlenderOrder) {
    self.init(
      request: order.request, outcome: .failed,
      text: "the blender was restarted, and nobody knows how much was poured: look at the glass", action: order.action,
      mayHavePoured: true)
  }
}

extension BlenderSetup {
  init(_ setup: BarSetup) {
    self.init(
      secondsPerLitre: setup.secondsPerLitre,
      pumps: setup.pumps.map {
        BlenderPump(
          name: $0.name, enabled: $0.isEnabled, speedRatio: $0.speedRatio, refillTime: $0.refillTime.seconds)
      }, recipes: setup.recipes.map(\.name))
  }
}
