import FuzzKit

/// What the bus itself is fed with from outside.
@main enum BusFuzz: FuzzProgram {
  static let targets = [
    // Whole conversations of several clients with a manager.
    FuzzTarget("session", SessionFuzz.run),
    // The first message to a manager.
    FuzzTarget("hello", HelloFuzz.run),
    // Payloads of every frame of every schema.
    FuzzTarget("payload", PayloadFuzz.run),
    // Field lists as they come in a DECLARE.
    FuzzTarget("fields", FieldsFuzz.run),
    // What a client reads from a manager.
    FuzzTarget("client", ClientFuzz.run),
    // A frames.yaml.
    FuzzTarget("schema", SchemaFuzz.run),
  ]
}
