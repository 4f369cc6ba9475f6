import BusSystem

extension Duration {
  /// The whole nanoseconds in it, for a protocol that counts in them: 0 if it is negative, the largest number if it has
  /// none.
  public var inNanoseconds: UInt64 { Clock.nanoseconds(self) }
}
