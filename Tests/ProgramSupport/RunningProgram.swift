import Foundation

/// A program of this package while it runs. It is killed when the last reference to it goes.
final class RunningProgram {
  let name: String
  let pid: pid_t
  let output: OutputText
  let errors: OutputText
  private var status: Int32?

  /// Where the executables are that were built with the tests.
  static let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

  /// Starts a program of the build folder.
  ///
  /// - Parameters:
  ///   - environment: variables beside those of the test; nil removes one. `$FRAMEBUS` and `$XDG_RUNTIME_DIR` are
  ///     never handed on by themselves.
  ///   - shell: a line of `sh` to start it with, `"$@"` standing for program and arguments.
  ///   - descriptors: what it has open as 3, 4 and so on.
  init(
    _ name: String, _ arguments: [String] = [], environment: [String: String?] = [:], shell: String? = nil,
    descriptors: [Int32] = []
  ) throws {
    self.name = name
    let program = Self.folder.appending(path: name).path
    let command = shell.map { ["/bin/sh", "-c", $0, "sh", program] + arguments } ?? [program] + arguments
    let variables = Self.environment(with: environment)
    let (pid, outputEnd, errorEnd) = try Self.spawning.withLock {
      let (outputEnd, outputStart) = try Self.pipe()
      let (errorEnd, errorStart) = try Self.pipe()
      defer {
        close(outputStart)
        close(errorStart)
      }
      return (
        try Self.spawn(command, variables, descriptors, output: outputStart, errors: errorStart), outputEnd, errorEnd
      )
    }
    self.pid = pid
    output = OutputText(reading: outputEnd)
    errors = OutputText(reading: errorEnd)
  }

  /// One at a time, or a program inherits the pipes that are being made for another.
  private static let spawning = NSLock()

  deinit {
    // What a shell has started belongs to the same group.
    kill(-pid, SIGKILL)
    guard status == nil else { return }
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }

  private static func pipe() throws -> (end: Int32, start: Int32) {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { throw POSIXError(POSIXError.Code(rawValue: errno)!) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func environment(with changes: [String: String?]) -> [String] {
    var environment = ProcessInfo.processInfo.environment
    environment["FRAMEBUS"] = nil
    environment["XDG_RUNTIME_DIR"] = nil
    environment["NOTIFY_SOCKET"] = nil
    for (name, value) in changes { environment[name] = value }
    return environment.map { "\($0)=\($1)" }
  }

  /// Children inherit blocked signals and an ignored SIGPIPE, so both are set back. A session of its own has no terminal,
  /// wherever the tests were started.
  private static func spawn(
    _ command: [String], _ environment: [String], _ descriptors: [Int32], output: Int32, errors: Int32
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    for (index, descriptor) in descriptors.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(3 + index))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // POSIX_SPAWN_SETSID, which glibc has behind _GNU_SOURCE.
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | 0x80
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var argv = command.map { strdup($0) } + [nil]
    var envp = environment.map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, command[0], &actions, &attributes, &argv, &envp)
    guard code == 0 else { throw POSIXError(POSIXError.Code(rawValue: code)!) }
    return pid
  }

  func signal(_ number: Int32) { kill(pid, number) }

  /// The exit code, or minus the signal that ended it, once it has ended.
  private func reap() -> Int32? {
    if let status { return status }
    var raw: Int32 = 0
    guard waitpid(pid, &raw, WNOHANG) == pid else { return nil }
    status = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : -(raw & 0x7F)
    return status
  }

  var isRunning: Bool { reap() == nil }

  /// Waits for its end.
  ///
  /// - Returns: its exit code, or minus the signal that ended it.
  /// - Throws: `Deadline.Missed` if it goes on.
  func exitCode() throws -> Int32 {
    try Deadline.wait(for: "the end of \(name); it wrote: \(errors.all)") { !isRunning }
    _ = errors.waitForEnd()
    return status!
  }

  /// Kills it and waits for its end.
  func killAndWait() throws {
    signal(SIGKILL)
    _ = try exitCode()
  }

  /// Waits for a line on standard error that has all these parts.
  func waitForLog(_ parts: String..., times: Int = 1) throws {
    let isThere = errors.wait { lines in
      lines.count { line in parts.allSatisfy(line.contains) } >= times
    }
    guard isThere else {
      throw Deadline.Missed(what: "\(name) logs \(parts) \(times) times; it wrote: \(errors.all)")
    }
  }

  /// How many lines on standard error have all these parts.
  func logCount(_ parts: String...) -> Int {
    errors.lines.count { line in parts.allSatisfy(line.contains) }
  }

  func openFileCount() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
  }

  /// A line of /proc/PID/status in KiB, such as VmRSS.
  func memoryKiB(_ field: String = "VmRSS") throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }
}

extension RunningProgram {
  /// Whether python3 is installed here.
  static let hasPython = (try? RunningProgram("bus-manager", shell: "command -v python3").exitCode()) == 0
}
