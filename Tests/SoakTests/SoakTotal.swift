/// What many runs came to.
struct SoakTotal: CustomStringConvertible {
  private(set) var runs = 0
  private(set) var frames = 0
  private(set) var losses: UInt64 = 0
  private(set) var breaks = 0
  private(set) var failure: String?

  /// Runs a world and adds what happened in it.
  mutating func add(_ world: World) {
    world.run()
    runs += 1
    frames += world.frameCount
    losses += world.lostCount
    breaks += world.breakCount
    if let problem = world.failure {
      failure = "seed \(world.seed), \(problem) (again with: make soak SEED=\(world.seed))"
    }
  }

  var description: String { "\(runs) seeds, \(frames) frames, \(losses) counted as lost, \(breaks) breaks" }
}
