import BusTesting

/// A module on a manager under test, connected and with all of its declarations made.
func client(
  _ manager: TestManager, _ name: String, instance: UInt8 = 0, listensFor types: [FrameType] = []
) throws -> Bus {
  let bus = try Bus(manager.configuration(name, instance: instance))
  try bus.connect(timeout: .seconds(60))
  bus.listen(for: types.map { Subscription($0) })
  try bus.barrier(timeout: .seconds(60))
  return bus
}
