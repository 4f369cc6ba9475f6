/// What a master does differently from one library to the other; slaves of either take both.
public struct EvominMasterStyle: Equatable, Sendable {
  /// Ends an exchange in which everything went well.
  public var successByte: UInt8
  /// Ends an exchange in which the acknowledgement did not come.
  public var failureByte: UInt8
  /// Whether one more byte follows: a slave of the Python library swallows it, and the next frame's first one without.
  public var sendsExtraByte = false

  /// Like the Python library's master.
  public static let python = EvominMasterStyle(
    successByte: EvominByte.acknowledge, failureByte: EvominByte.refuse)
  /// Like the C library's master.
  public static let c = EvominMasterStyle(successByte: EvominByte.end, failureByte: EvominByte.end)
  /// For a slave of the Python library.
  public static let toPythonSlave = EvominMasterStyle(
    successByte: EvominByte.acknowledge, failureByte: EvominByte.refuse, sendsExtraByte: true)
}
