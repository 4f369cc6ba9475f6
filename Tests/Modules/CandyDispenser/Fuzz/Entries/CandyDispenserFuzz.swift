import FuzzKit

/// What a host of candies reads from its dispenser.
@main enum CandyDispenserFuzz: FuzzProgram {
  static let targets = [FuzzTarget("candy-host", CandyHostFuzz.run)]
}
