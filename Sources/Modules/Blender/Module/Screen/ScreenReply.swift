import BlenderProtocol
import JSONValue

/// What screens are told: the messages of the AutoBarMaid protocol, with more in them than its own screen reads.
enum ScreenReply {
  /// How an action goes on; `remaining_time` is 0 at its end, and only then.
  static func status(_ status: Bar.Status?) -> String {
    message(
      "status",
      .object([
        .init("Action", .text(status.map { name(of: $0.action) } ?? "Idle")),
        .init("initial_time", .integer(status?.initialSeconds ?? 0)),
        .init("remaining_time", .integer(status?.remainingSeconds ?? 0)),
        .init("pumps", .array((status?.running.pumps ?? []).map { .integer($0.index) })),
      ]))
  }

  /// Why something was not done.
  static func error(_ text: String) -> String {
    message("error", .object([.init("msg", .text(text))]))
  }

  /// Something that whoever looks on should know.
  static func notice(_ text: String) -> String { message("notice", .object([.init("msg", .text(text))])) }

  /// What became of an action, for screens that show it.
  static func outcome(_ action: BarAction, _ outcome: String, _ text: String) -> String {
    message(
      "outcome",
      .object([.init("Action", .text(name(of: action))), .init("outcome", .text(outcome)), .init("text", .text(text))]))
  }

  static func echo(_ data: JSON) -> String { message("echo", data) }

  static func secondsPerLitre(_ setup: BarSetup) -> String { message("sec_per_liter", .real(setup.secondsPerLitre)) }

  static func pumps(_ setup: BarSetup) -> String { message("pumps_states", pumpList(setup)) }

  /// Everything that a screen needs to order, and whether the pumps can be used or why not.
  static func configuration(_ setup: BarSetup, isReady: Bool, _ reason: String) -> String {
    message(
      "config",
      .object([
        .init("sec_per_liter", .real(setup.secondsPerLitre)),
        .init("pumps_states", pumpList(setup)),
        .init("recipes", .array(setup.recipes.map(recipe))),
        .init("max_pump_time", .real(setup.pumpTimeMax.seconds)),
        .init("max_drink", .real(setup.drinkLitresMax)),
        .init("ready", .bool(isReady)),
        .init("reason", .text(reason)),
      ]))
  }

  private static func pumpList(_ setup: BarSetup) -> JSON {
    .array(
      setup.pumps.map {
        .object([
          .init("name", .text($0.name)),
          .init("enabled", .bool($0.isEnabled)),
          .init("refill_time", .real($0.refillTime.seconds)),
          .init("speed_ratio", .real($0.speedRatio)),
        ])
      })
  }

  private static func recipe(_ recipe: Recipe) -> JSON {
    .object([
      .init("name", .text(recipe.name)),
      .init("ratios", .object(recipe.shares.map { .init(String($0.pump), .real($0.ratio)) })),
    ])
  }

  private static func name(of action: BarAction) -> String {
    switch action {
    case .blend: "Blend"
    case .refill: "Refill"
    case .calibrate: "Calibrate"
    }
  }

  private static func message(_ type: String, _ data: JSON) -> String {
    JSON.object([.init("type", .text(type)), .init("data", data)]).line
  }
}
