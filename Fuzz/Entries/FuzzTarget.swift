/// What can be fed with bytes from outside, each by a function of its own.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// Whole conversations of several clients with a manager.
  case session
  /// The first message to a manager.
  case hello
  /// Payloads of every frame of every schema.
  case payload
  /// Field lists as they come in a DECLARE.
  case fields
  /// What a client reads from a manager.
  case client
  /// A `frames.yaml`.
  case schema
  /// What a host of candies reads from its dispenser.
  case candyHost = "candy-host"
  /// What comes over a UART that speaks evoMIN.
  case evomin
  /// What a master clocks out to a slave that speaks evoMIN.
  case evominSlave = "evomin-slave"

  /// Feeds the target.
  ///
  /// - Throws: `FuzzFinding` if what comes out is wrong. It traps if something traps.
  public func run(_ input: [UInt8]) throws(FuzzFinding) {
    switch self {
    case .session: try SessionFuzz.run(input)
    case .hello: try HelloFuzz.run(input)
    case .payload: try PayloadFuzz.run(input)
    case .fields: try FieldsFuzz.run(input)
    case .client: try ClientFuzz.run(input)
    case .schema: try SchemaFuzz.run(input)
    case .candyHost: try CandyHostFuzz.run(input)
    case .evomin: try EvominFuzz.run(input)
    case .evominSlave: try EvominSlaveFuzz.run(input)
    }
  }
}
