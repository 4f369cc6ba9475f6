import BusManagerCore

/// What a manager is started with.
public struct ManagerSettings: Sendable {
  /// The bounds of everything that waits or is kept.
  public var limits = ManagerLimits()
  /// The name of the bus in WELCOME.
  public var busName = "framebus"
  /// The manager's version in WELCOME.
  public var version = ManagerVersion.text
  /// Bytes of the kernel's buffers per connection: what waits, waits in the manager, where it is ordered and counted.
  public var socketBufferBytes = 256 << 10

  /// The usual settings.
  public init() {}
}

/// The version of the manager.
public enum ManagerVersion {
  /// As WELCOME says it.
  public static let text = "0.1.0"
}
