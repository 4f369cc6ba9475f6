import FuzzKit

/// What the bus and its libraries are fed with from outside.
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
    // What a browser or a script sends as JSON.
    FuzzTarget("json", JSONFuzz.run),
    // What a web server reads.
    FuzzTarget("web", WebFuzz.run),
  ]
}
