import BusClient
import BusSystem
import BusTesting
import Synchronization
import Testing

@testable import framebus

/// The tool in a thread of its own, with everything that it wrote.
final class ToolRun: Sendable {
  private struct State {
    var output = ""
    var errors = ""
    var code: ExitCode?
  }

  private let state = Mutex(State())
  private let interruption: Wakeup
  private let progress: Wakeup
  /// What the tool reads, if it reads anything.
  private let input: FileDescriptor
  /// What the tool asks whether it may write.
  private let outputGate: FileDescriptor?
  /// The columns of the terminal that it writes to; nil if it is none.
  private let width: Int?
  /// Whether somebody reads the output.
  private let isReading = Mutex(true)

  /// Runs the tool in this thread, to its end.
  static func run(_ manager: TestManager, _ arguments: String...) throws -> ToolRun {
    let run = try ToolRun()
    run.perform(["--bus", "\(manager.address)"] + arguments)
    return run
  }

  /// Runs the tool in a thread of its own; `finish` waits for its end.
  static func start(_ manager: TestManager, _ arguments: String...) throws -> ToolRun {
    let run = try ToolRun()
    let all = ["--bus", "\(manager.address)"] + arguments
    try BusSystem.Thread { run.perform(all) }.detach()
    return run
  }

  init(input: FileDescriptor = .standardInput, outputGate: FileDescriptor? = nil, width: Int? = nil) throws {
    self.width = width
    self.input = input
    self.outputGate = outputGate
    interruption = try Wakeup()
    progress = try Wakeup()
  }

  func perform(_ arguments: [String]) {
    let console = Console(
      width: width, input: input, output: outputGate,
      write: { text throws(SystemError) in
        self.state.withLock { $0.output += text }
        self.progress.signal()
        guard self.isReading.withLock({ $0 }) else {
          throw SystemError(code: SystemError.brokenPipe, call: "write")
        }
      },
      warn: { text in
        self.state.withLock { $0.errors += text }
        self.progress.signal()
      },
      interruption: { () throws(SystemError) in self.interruption.descriptor })
    let code = Tool.run(arguments, console)
    state.withLock { $0.code = code }
    progress.signal()
  }

  var output: String { state.withLock { $0.output } }
  var errors: String { state.withLock { $0.errors } }
  var code: ExitCode? { state.withLock { $0.code } }

  /// What Ctrl-C does.
  func interrupt() { interruption.signal() }

  /// What a reader that has enough does.
  func stopReading() { isReading.withLock { $0 = false } }

  /// Waits until a condition holds, and lets something happen again and again meanwhile.
  func wait(
    for what: String, until condition: (ToolRun) -> Bool, meanwhile action: () throws -> Void = {}
  ) throws {
    let deadline = Clock.monotonic + 60_000_000_000
    while !condition(self) {
      guard Clock.monotonic < deadline else {
        Issue.record("\(what) did not happen; output: \(output) errors: \(errors)")
        return
      }
      try action()
      var wait = DescriptorWait()
      wait.add(progress.descriptor)
      wait.wait(until: Clock.monotonic + 10_000_000)
      progress.clear()
    }
  }

  /// Waits for the tool's end.
  func finish(meanwhile action: () throws -> Void = {}) throws -> ExitCode? {
    try wait(for: "the end of the tool", until: { $0.code != nil }, meanwhile: action)
    return code
  }
}
