extension BusAddress {
  /// The Unix socket of a manager that a user runs by hand; nil without `$XDG_RUNTIME_DIR`.
  public static var runtimeDirectorySocket: String? {
    ServiceManager.environment("XDG_RUNTIME_DIR").map { "\($0)/framebus.sock" }
  }

  /// The Unix socket of a manager that runs as a service.
  public static let systemSocket = "/run/framebus/bus.sock"
}
