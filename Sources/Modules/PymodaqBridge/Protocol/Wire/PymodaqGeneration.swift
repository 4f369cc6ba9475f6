/// How a release of PyMoDAQ speaks over TCP.
public enum PymodaqGeneration: String, CaseIterable, Comparable, Sendable, CustomStringConvertible {
  /// 2.0.1 to 4.0.11: scalars and lists of arrays.
  case legacy
  /// 4.1.0 and 4.1.1: objects, without extra attributes.
  case v410 = "4.1.0"
  /// 4.1.3 to 4.1.5: extra attributes.
  case v41 = "4.1"
  /// 4.2.0 to 4.3.7: errors.
  case v42 = "4.2"
  /// 4.4.0 to 4.4.11: units.
  case v44 = "4.4"
  /// 5.0.1 to 5.1.13: every message has a length, and every value the name of its type.
  case v5 = "5"

  /// As it is written in a map.
  public var description: String { rawValue }

  /// Whether messages say how long they are.
  public var isTagged: Bool { self == .v5 }
  /// Whether positions and data are objects, not bare numbers.
  public var hasObjects: Bool { self != .legacy }
  var hasUnits: Bool { self >= .v44 }
  var hasErrors: Bool { self >= .v42 }
  var hasExtras: Bool { self >= .v41 }
  /// Whether a bool in a list has a tag of its own.
  var writesBools: Bool { self >= .v44 }

  /// The older generation is less.
  public static func < (left: Self, right: Self) -> Bool {
    allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
  }
}
