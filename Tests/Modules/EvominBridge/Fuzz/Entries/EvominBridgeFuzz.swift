import FuzzKit

/// What comes from a device that speaks evoMIN.
@main enum EvominBridgeFuzz: FuzzProgram {
  static let targets = [
    // Over a UART.
    FuzzTarget("evomin", EvominFuzz.run),
    // What a master clocks out to a slave.
    FuzzTarget("evomin-slave", EvominSlaveFuzz.run),
  ]
}
