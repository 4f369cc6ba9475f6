import BusSystem
import Foundation
import TestSupport
import Testing

/// A bus-manager in a process of its own, on a port that the system chose and on a Unix socket.
final class Manager {
  let program: RunningProgram
  let tcp: BusAddress
  let unix: BusAddress
  private let folder: TemporaryFolder

  /// - Parameters:
  ///   - arguments: options beside the addresses.
  ///   - shell: as for `RunningProgram`.
  ///   - tcp: the TCP address to listen on.
  ///   - folder: where the Unix socket is.
  init(
    _ arguments: [String] = [], shell: String? = nil, tcp: BusAddress = .tcp(host: "127.0.0.1", port: 0),
    folder: TemporaryFolder? = nil
  ) throws {
    let folder = try folder ?? TemporaryFolder()
    self.folder = folder
    unix = .unix(path: folder.path("bus.sock"))
    program = try RunningProgram(
      "bus-manager", ["--listen", "\(tcp)", "--listen", "\(unix)"] + arguments, shell: shell)
    try program.waitForLog("event=listening", "address=\(unix)")
    let line = program.errors.lines.first { $0.contains("event=listening") && !$0.contains("bus.sock") } ?? ""
    let address = line.split(separator: " ").first { $0.hasPrefix("address=") }
    self.tcp = try BusAddress(String(address?.dropFirst("address=".count) ?? ""))
  }

  /// The memory of the process must be below a limit, in KiB.
  ///
  /// - Parameter before: what it had at some time, if only what came since then counts.
  func expectMemory(
    below limit: Int, since before: Int = 0, _ comment: Comment? = nil, _ location: SourceLocation = #_sourceLocation
  ) throws {
    // A sanitizer reserves terabytes of addresses and keeps freed memory for a while.
    guard try program.memoryKiB("VmSize") < 1 << 30 else { return }
    #expect(try program.memoryKiB() - before < limit, comment, sourceLocation: location)
  }

  /// One process more of a module on this bus. What it keeps is kept beside the manager's socket.
  func module(_ name: String, _ arguments: [String] = [], shell: String? = nil) throws -> RunningProgram {
    try RunningProgram(
      name, ["--bus", "\(tcp)"] + arguments, environment: ["STATE_DIRECTORY": folder.path("state")], shell: shell)
  }
}
