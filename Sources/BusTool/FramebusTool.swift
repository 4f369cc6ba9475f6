import BusClient
import BusSystem

/// The command line `framebus` as a process: its streams, its signals, its exit code.
@main
enum FramebusTool {
  static func main() {
    let output = FileDescriptor.standardOutput
    let console = Console(
      isTerminal: output.isTerminal && ServiceManager.environment("NO_COLOR") == nil,
      output: output,
      write: { output.write($0) },
      warn: { FileDescriptor.standardError.write($0) },
      interruption: { () throws(SystemError) in try SignalReader().descriptor })
    let code = Tool.run(CommandLine.arguments.dropFirst(), console)
    if code != .ok { Process.exit(code.rawValue) }
  }
}
