import BlenderProtocol
import JSONValue

/// What a screen says: a message of the AutoBarMaid protocol, or one that only our page sends.
enum ScreenMessage: Equatable {
  case order(BarOrder)
  case cancel
  case echo(JSON)
  case getStatus
  case getPumps
  case getConfiguration
  case reloadConfiguration
  case set(SetupChange)

  /// Reads one message.
  ///
  /// - Throws: what is wrong with it, in words for the screen; nothing has happened then.
  init(_ text: String) throws(BarRefusal) {
    let message: JSON
    do throws(JSONParser.ParseError) {
      message = try JSONParser.parse(text)
    } catch {
      throw BarRefusal("the message is not JSON: \(error)")
    }
    guard message.members != nil else { throw BarRefusal("a message must be an object with a 'type'") }
    guard let type = message["type"]?.string else { throw BarRefusal("the message has no 'type'") }
    let data = ScreenData(message["data"], of: type)
    switch type {
    case "blend": self = .order(try data.blend())
    case "refill": self = .order(.refill(pump: try data.pump("pump")))
    case "calibrate":
      self = .order(.calibrate(pump: try data.pump("pump"), time: try data.duration("seconds")))
    case "cancel": self = .cancel
    case "echo":
      guard let original = message["data"] else { throw BarRefusal("echo: 'data' is missing") }
      self = .echo(original)
    case "get_blend_status": self = .getStatus
    case "get_pumps_states": self = .getPumps
    case "get_config": self = .getConfiguration
    case "reload_config": self = .reloadConfiguration
    case "set_pump_state":
      self = .set(.isEnabled(pump: try data.pump("pump_index"), try data.boolean("state")))
    case "set_pump_refill_time":
      self = .set(.refillTime(pump: try data.pump("pump_index"), try data.duration("refill_time")))
    case "set_pump_speed_ratio":
      self = .set(.speedRatio(pump: try data.pump("pump_index"), try data.number("speed_ratio")))
    case "set_sec_per_liter": self = .set(.secondsPerLitre(try data.number("sec_per_liter")))
    case "set_poured":
      self = .set(
        .poured(
          pump: try data.pump("pump"), litres: try data.number("litres"), in: try data.duration("seconds")))
    default: throw BarRefusal("the message type '\(type.prefix(40))' is unknown")
    }
  }
}

/// The `data` of a message, whose values are named in errors.
private struct ScreenData {
  private let data: JSON?
  private let type: String

  init(_ data: JSON?, of type: String) {
    self.data = data
    self.type = type
  }

  /// `{"cup_size": 0.25, "ratios": {"0": 0.2}}`, or with the name of a recipe instead of the ratios.
  func blend() throws(BarRefusal) -> BarOrder {
    let cup = try number("cup_size")
    if let recipe = try value("recipe") {
      guard let name = recipe.string else { throw wrong("recipe", "a text", recipe) }
      return .recipe(name, cup: cup)
    }
    let ratios = try required("ratios")
    guard let members = ratios.members else {
      throw wrong("ratios", "an object such as {\"0\": 0.2, \"3\": 0.8}", ratios)
    }
    var shares: [PumpShare] = []
    for member in members {
      guard let pump = Self.pump(member.name) else {
        throw BarRefusal("blend: 'ratios' has no pump '\(member.name.prefix(40))'; pumps are \"0\" to \"7\"")
      }
      guard let ratio = member.value.double else { throw wrong("ratios.\(pump)", "a number", member.value) }
      shares.append(PumpShare(pump: pump, ratio: ratio))
    }
    return .blend(cup: cup, shares: shares)
  }

  /// A pump: a number, or its digit as a text, which is what the original screen sends.
  func pump(_ key: String) throws(BarRefusal) -> Int {
    let value = try required(key)
    guard let pump = value.integer ?? value.string.flatMap(Self.pump) else { throw wrong(key, "a pump, 0 to 7", value) }
    guard Pump.allCases.indices.contains(pump) else { throw wrong(key, "a pump, 0 to 7", value) }
    return pump
  }

  func number(_ key: String) throws(BarRefusal) -> Double {
    let value = try required(key)
    guard let number = value.double else { throw wrong(key, "a number", value) }
    return number
  }

  /// Seconds, from 0 to a day.
  func duration(_ key: String) throws(BarRefusal) -> Duration {
    let seconds = try number(key)
    guard (0...86_400).contains(seconds) else {
      throw BarRefusal("\(type): '\(key)' must be from 0 to 86400 s, not \(seconds)")
    }
    return .milliseconds(Int64((seconds * 1000).rounded()))
  }

  func boolean(_ key: String) throws(BarRefusal) -> Bool {
    let value = try required(key)
    guard let boolean = value.boolean else { throw wrong(key, "true or false", value) }
    return boolean
  }

  private static func pump(_ text: String) -> Int? {
    Pump.allCases.first { "\($0)" == text }?.index
  }

  private func required(_ key: String) throws(BarRefusal) -> JSON {
    guard let value = try value(key) else { throw BarRefusal("\(type): '\(key)' is missing") }
    return value
  }

  private func value(_ key: String) throws(BarRefusal) -> JSON? {
    guard let data else { throw BarRefusal("\(type): 'data' is missing") }
    guard data.members != nil else { throw BarRefusal("\(type): 'data' must be an object, not \(Self.short(data))") }
    return data[key]
  }

  private func wrong(_ key: String, _ expected: String, _ found: JSON) -> BarRefusal {
    BarRefusal("\(type): '\(key)' must be \(expected), not \(Self.short(found))")
  }

  private static func short(_ value: JSON) -> String {
    let text = value.line
    return text.count > 40 ? "\(text.prefix(37))..." : text
  }
}

extension SetupChange {
  /// The message that asks for it, on one line.
  var message: String {
    switch self {
    case .isEnabled(let pump, let isEnabled):
      Self.message("set_pump_state", [.init("pump_index", .integer(pump)), .init("state", .bool(isEnabled))])
    case .refillTime(let pump, let time):
      Self.message(
        "set_pump_refill_time", [.init("pump_index", .integer(pump)), .init("refill_time", .real(time.seconds))])
    case .speedRatio(let pump, let ratio):
      Self.message("set_pump_speed_ratio", [.init("pump_index", .integer(pump)), .init("speed_ratio", .real(ratio))])
    case .secondsPerLitre(let seconds): Self.message("set_sec_per_liter", [.init("sec_per_liter", .real(seconds))])
    case .poured(let pump, let litres, let time):
      Self.message(
        "set_poured",
        [.init("pump", .integer(pump)), .init("litres", .real(litres)), .init("seconds", .real(time.seconds))])
    }
  }

  private static func message(_ type: String, _ data: [JSON.Member]) -> String {
    JSON.object([.init("type", .text(type)), .init("data", .object(data))]).line
  }
}

extension JSON {
  /// A finite number in the fewest digits that read back the same.
  static func real(_ value: Double) -> JSON { .number("\(value)") }
}
