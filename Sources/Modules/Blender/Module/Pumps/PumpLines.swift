import BlenderProtocol
import BusClient

/// Where the lines of the eight pumps are, for a process that is to hold them.
struct PumpLines: Equatable, Sendable {
  /// What the lines belong to.
  enum Driver: Equatable, Sendable {
    /// A GPIO chip: its path, its name such as `gpiochip0`, or its label; nil for the one of a Raspberry Pi's header.
    case gpio(chip: String?, lines: [GPIOLine], isActiveLow: Bool)
    /// A file.
    case simulated(path: String)
  }

  /// The pins that the AutoBarMaid has always had, pump 0 first.
  static let usualPins: [GPIOLine] = [7, 11, 12, 13, 15, 16, 18, 22].map { .board($0) }

  let driver: Driver

  /// Takes the lines, all off from the first moment.
  ///
  /// - Throws: `SystemError` that names the chip, the line and who has it, and says what to do.
  func hold() throws(SystemError) -> HeldPumpLines {
    switch driver {
    case .simulated(let path): .simulated(try SimulatedLines(path: path, count: Pump.count))
    case .gpio(let chip, let lines, let isActiveLow):
      .gpio(try Self.open(chip).outputs(lines, activeLow: isActiveLow, consumer: "framebus-blender"))
    }
  }

  private static func open(_ chip: String?) throws(SystemError) -> GPIOChip {
    guard let chip else { return try GPIOChip(labels: GPIOChip.headerLabels) }
    if chip.contains("/") { return try GPIOChip(path: chip) }
    if chip.hasPrefix("gpiochip") { return try GPIOChip(path: "/dev/\(chip)") }
    return try GPIOChip(labels: [chip])
  }
}

/// The lines of the pumps, held by this process.
enum HeldPumpLines: ~Copyable {
  case gpio(GPIOLines)
  case simulated(SimulatedLines)

  /// Has these pumps on and all others off.
  ///
  /// - Throws: `SystemError` if they are not so now.
  func set(_ pumps: PumpSet) throws(SystemError) {
    switch self {
    case .gpio(let lines): try lines.set(UInt64(pumps.rawValue))
    case .simulated(let lines): try lines.set(UInt64(pumps.rawValue))
    }
  }
}

// MARK: As text, for another process

extension PumpLines: CustomStringConvertible {
  /// Such as `gpio:pinctrl-rp1:BOARD7,BOARD11,…:high` or `sim:/tmp/lines`.
  var description: String {
    switch driver {
    case .gpio(let chip, let lines, let isActiveLow):
      "gpio:\(chip ?? ""):\(lines.map { "\($0)" }.joined(separator: ",")):\(isActiveLow ? "low" : "high")"
    case .simulated(let path): "sim:\(path)"
    }
  }

  /// The lines in a text that `description` has made.
  ///
  /// - Throws: `UsageError` if it means none.
  init(_ text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts[0] == "sim", parts.count > 1 {
      driver = .simulated(path: String(text.dropFirst("sim:".count)))
    } else if parts[0] == "gpio", parts.count == 4, ["high", "low"].contains(parts[3]) {
      let lines = try Self.lines(String(parts[2]))
      driver = .gpio(chip: parts[1].isEmpty ? nil : String(parts[1]), lines: lines, isActiveLow: parts[3] == "low")
    } else {
      throw UsageError("'\(text)' names no lines; write sim:FILE or gpio:CHIP:LINE,LINE,…:high")
    }
  }

  init(_ driver: Driver) { self.driver = driver }

  /// Eight lines, separated by commas.
  fileprivate static func lines(_ text: String) throws -> [GPIOLine] {
    let lines = try text.split(separator: ",").map { try GPIOLine(String($0)) }
    guard lines.count == Pump.count else { throw UsageError("eight pumps need eight lines, not \(lines.count)") }
    return lines
  }
}

// MARK: As options, for a person

extension PumpLines {
  static let gpio = Option("gpio", "The pumps are at GPIO lines of this machine.")
  private static let chip = Option(
    "chip", value: "CHIP", "The GPIO chip: its path, or its label (that of a Raspberry Pi's header).")
  private static let pins = Option<[GPIOLine]>(
    "pins", value: "LINES", default: usualPins,
    "The lines of pump 0 to 7, such as BCM4,BOARD11,3 (BOARD7,11,12,13,15,16,18,22)."
  ) { try lines($0) }
  private static let activeLow = Option("active-low", "A pump is on while its line is low.")
  static let file = Option("sim-lines", value: "FILE", "Where the simulated pumps' lines are kept.")
  static let options: [any ProgramOption] = [gpio, chip, pins, activeLow, file]

  /// The lines that a command line asks for; nil if it asks for none.
  ///
  /// - Parameters:
  ///   - configuration: which GPIO lines they are unless it says so.
  ///   - file: where simulated lines are unless it says so; nil if it must.
  init?(_ options: GivenOptions, _ configuration: BarConfiguration, simulatedAt file: String? = nil) {
    let own: [any ProgramOption] = [Self.chip, Self.pins, Self.activeLow]
    if options[Self.gpio], own.allSatisfy({ !options.isGiven($0) }) {
      self = configuration.lines
    } else if options[Self.gpio] {
      driver = .gpio(chip: options[Self.chip], lines: options[Self.pins], isActiveLow: options[Self.activeLow])
    } else if options[.sim], let path = options[Self.file] ?? file {
      driver = .simulated(path: path)
    } else {
      return nil
    }
  }
}
