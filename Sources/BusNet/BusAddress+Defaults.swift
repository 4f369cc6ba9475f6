import Glibc

extension BusAddress {
  /// The Unix socket of a manager that a user runs by hand; nil without `$XDG_RUNTIME_DIR`.
  public static var runtimeDirectorySocket: String? {
    ServiceManager.environment("XDG_RUNTIME_DIR").map { "\($0)/framebus.sock" }
  }

  /// The Unix socket of a manager that runs as a service.
  public static let systemSocket = "\(systemFolder)/bus.sock"
  private static let systemFolder = "/run/framebus"

  /// Makes the folder of `systemSocket` if this user may; systemd makes it for a service.
  public static func makeSystemFolder() {
    mkdir(systemFolder, 0o755)
  }
}
