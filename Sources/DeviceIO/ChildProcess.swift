import BusSystem
import CSys
import Glibc

/// A process that this one starts and speaks with: what is written arrives at its standard input, and what it writes to
/// its standard output is read here. Its standard error is this one's.
///
/// It has a process group of its own, so that Ctrl-C in a terminal does not reach it; the end of its input tells it that
/// this process is gone. `ParentLink` is the other side.
public final class ChildProcess {
  /// How a process has ended.
  public enum Ending: Equatable, Sendable {
    /// By itself, with an exit code.
    case exited(Int32)
    /// By a signal.
    case killed(Int32)
  }

  /// The process id.
  public let id: Int32
  /// nil once it was ended.
  private var input: OwnedDescriptor?
  private let output: OwnedDescriptor
  private var ending: Ending?

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - program: the path of its executable; this program again by default, also if its file was replaced meanwhile.
  ///   - arguments: what it is given; the first is the name that it has for those who look.
  /// - Throws: `SystemError` if it cannot be started.
  public init(_ program: String = "/proc/self/exe", arguments: [String]) throws(SystemError) {
    // A child that is gone must not end this process.
    Process.surviveBrokenPipes()
    let inputs = try Pipe()
    let outputs = try Pipe()
    id = try Self.spawn(program, arguments, reading: inputs.end.descriptor, writing: outputs.start.descriptor)
    // Its own ends are as any program expects them.
    for ours in [inputs.start.descriptor, outputs.end.descriptor] { ours.neverWait() }
    let start = inputs.start
    input = consume start
    output = outputs.end
  }

  /// Its input ends; then it has a second to tidy up, and is killed.
  deinit { _ = end(within: .seconds(1)) }

  /// Readable when it has written something, or has ended.
  public var descriptor: FileDescriptor { output.descriptor }

  /// Writes to its input, without waiting.
  ///
  /// - Parameter bytes: at most 4096, so that they go out whole or not at all.
  /// - Returns: false if it does not take them: it has not read for long, or has ended.
  public func write(_ bytes: [UInt8]) -> Bool {
    guard let input = input?.descriptor else { return false }
    return bytes.isEmpty || bytes.withUnsafeBytes { input.write($0) } == .bytes(bytes.count)
  }

  /// Bytes that one call of `read` brings at most, and a little more; the rest keeps `descriptor` readable.
  public static let readBytesMax = 64 << 10

  /// Appends what it has written to `bytes`, without waiting.
  ///
  /// - Returns: false at the end of it; the process has ended then, or is about to.
  public func read(into bytes: inout [UInt8]) -> Bool {
    let end = bytes.count + Self.readBytesMax
    while bytes.count < end {
      let before = bytes.count
      guard (try? output.descriptor.read(into: &bytes)) == true else { return false }
      if bytes.count == before { break }
    }
    return true
  }

  /// Ends it at once, whatever it does.
  public func kill() { if ending == nil { _ = Glibc.kill(id, SIGKILL) } }

  /// Ends its input, waits for its end, and kills it if that does not come.
  ///
  /// - Parameter patience: how long it may take.
  /// - Returns: how it has ended. All that it had open is closed then.
  public func end(within patience: Duration) -> Ending {
    input = nil
    let deadline = Clock.monotonic(after: patience)
    while Clock.monotonic < deadline {
      if let ending = reap(waiting: false) { return ending }
      // Its output may have ended before it, so there is nothing to wait for but the time.
      var pause = DescriptorWait()
      pause.wait(until: Clock.monotonic + 500_000)
    }
    kill()
    return reap(waiting: true) ?? .killed(SIGKILL)
  }

  private func reap(waiting: Bool) -> Ending? {
    if let ending { return ending }
    var status: Int32 = 0
    var result: pid_t
    repeat { result = waitpid(id, &status, waiting ? 0 : WNOHANG) } while result < 0 && errno == EINTR
    guard result != 0 else { return nil }
    let signal = status & 0x7F
    // Somebody else has waited for it if it is not there; how it ended is not known then.
    ending = result < 0 ? .exited(-1) : signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal)
    return ending
  }

  private static func spawn(
    _ program: String, _ arguments: [String], reading input: FileDescriptor, writing output: FileDescriptor
  ) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, STDOUT_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this process blocks and ignores would be inherited.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var texts = arguments.map { strdup($0) } + [nil]
    defer { for text in texts { free(text) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, program, &actions, &attributes, &texts, csys_environment())
    guard code == 0 else { throw SystemError(code: code, call: "start \(program)") }
    return id
  }
}

private struct Pipe: ~Copyable {
  let start: OwnedDescriptor
  let end: OwnedDescriptor

  init() throws(SystemError) {
    var ends: [Int32] = [0, 0]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw .last("make a pipe") }
    end = OwnedDescriptor(owning: ends[0])
    start = OwnedDescriptor(owning: ends[1])
  }
}

extension FileDescriptor {
  /// Has reading and writing return at once, whatever there is.
  func neverWait() { _ = fcntl(rawValue, F_SETFL, fcntl(rawValue, F_GETFL) | O_NONBLOCK) }
}
