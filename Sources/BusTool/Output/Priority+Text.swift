import BusWire

extension Priority {
  /// The name as schemas write it.
  var text: String {
    switch self {
    case .high: "high"
    case .normal: "normal"
    case .low: "low"
    case .dataStream: "data_stream"
    }
  }

  /// The priority of a name as schemas write it.
  init?(text: String) {
    guard let priority = Priority.allCases.first(where: { $0.text == text }) else { return nil }
    self = priority
  }
}
