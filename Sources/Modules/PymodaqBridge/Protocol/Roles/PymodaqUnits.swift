/// How a value of one unit becomes one of another: PyMoDAQ answers in its own units, whatever it was asked in.
public struct PymodaqConversion: Equatable, Sendable {
  let factor: Double
  let offset: Double

  /// The same value.
  public static let none = PymodaqConversion(factor: 1, offset: 0)

  /// A position.
  public func callAsFunction(_ value: Double) -> Double { value * factor + offset }

  /// A difference of two.
  public func difference(_ value: Double) -> Double { value * factor }

  /// - Parameters:
  ///   - source: such as `mm`, `µm`, `deg`, `mm/s`; empty for the unit of the target.
  ///   - target: the same.
  /// - Returns: nil if one of them is not known here, or they measure different things.
  public init?(from source: String, to target: String) {
    if source == target || source.isEmpty || target.isEmpty {
      self = .none
      return
    }
    guard let from = Unit(source), let to = Unit(target), from.measures == to.measures else { return nil }
    factor = from.factor / to.factor
    offset = (from.offset - to.offset) / to.factor
  }

  /// Whether PyMoDAQ takes a text for units, known to it or not. It refuses data with others, and waits for ever.
  public static func canBeUnits(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || "0123456789/*^%°·²³. _-".unicodeScalars.contains($0)
    }
      && !text.hasPrefix("/") && !text.hasSuffix("/") && !text.hasPrefix("*") && !text.hasSuffix("*")
  }

  private init(factor: Double, offset: Double) {
    self.factor = factor
    self.offset = offset
  }
}

/// A unit as so many of a basic one: `mm` is 0.001 m.
private struct Unit {
  let factor: Double
  let offset: Double
  let measures: [String]

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first, parts.count <= 2, let over = Unit(single: String(first)) else { return nil }
    guard parts.count == 2 else {
      self = over
      return
    }
    guard let under = Unit(single: String(parts[1])) else { return nil }
    factor = over.factor / under.factor
    offset = 0
    measures = over.measures + under.measures
  }

  private init?(single text: String) {
    let text = text.filter { $0 != " " }
    if let special = Self.specials[text] {
      (factor, offset, measures) = (special.0, special.1, [special.2])
      return
    }
    for (prefix, power) in Self.prefixes where text.hasPrefix(prefix) {
      guard let base = Self.bases[String(text.dropFirst(prefix.count))] else { continue }
      (factor, offset, measures) = (power, 0, [base])
      return
    }
    return nil
  }

  private static let prefixes: [(String, Double)] = [
    ("", 1), ("milli", 1e-3), ("micro", 1e-6), ("nano", 1e-9), ("pico", 1e-12), ("femto", 1e-15), ("centi", 1e-2),
    ("kilo", 1e3), ("mega", 1e6), ("giga", 1e9), ("m", 1e-3), ("µ", 1e-6), ("μ", 1e-6), ("u", 1e-6), ("n", 1e-9),
    ("p", 1e-12), ("f", 1e-15), ("c", 1e-2), ("k", 1e3), ("M", 1e6), ("G", 1e9),
  ]

  private static let bases: [String: String] = [
    "m": "m", "meter": "m", "metre": "m", "s": "s", "second": "s", "g": "g", "gram": "g", "A": "A", "ampere": "A",
    "V": "V", "volt": "V", "W": "W", "watt": "W", "Hz": "Hz", "hertz": "Hz", "K": "K", "kelvin": "K", "N": "N",
    "newton": "N", "J": "J", "joule": "J", "Pa": "Pa", "pascal": "Pa", "rad": "rad", "radian": "rad", "T": "T",
    "tesla": "T", "F": "F", "farad": "F", "ohm": "ohm", "Ω": "ohm", "Ohm": "ohm", "eV": "eV", "l": "l", "L": "l",
    "liter": "l",
  ]

  private static let degree = Double.pi / 180
  private static let specials: [String: (Double, Double, String)] = [
    "deg": (degree, 0, "rad"), "°": (degree, 0, "rad"), "degree": (degree, 0, "rad"), "degrees": (degree, 0, "rad"),
    "degC": (1, 273.15, "K"), "°C": (1, 273.15, "K"), "celsius": (1, 273.15, "K"), "degree_Celsius": (1, 273.15, "K"),
    "min": (60, 0, "s"), "minute": (60, 0, "s"), "h": (3600, 0, "s"), "hour": (3600, 0, "s"), "bar": (1e5, 0, "Pa"),
    "mbar": (100, 0, "Pa"), "angstrom": (1e-10, 0, "m"), "Å": (1e-10, 0, "m"), "percent": (0.01, 0, ""),
    "%": (0.01, 0, ""), "dimensionless": (1, 0, ""),
  ]
}
