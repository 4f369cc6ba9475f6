import BusClient
import BusSystem

/// The command line `framebus` as a process: its streams, its signals, its exit code.
@main
enum FramebusTool {
  static func main() {
    let output = StandardOutput()
    let console = Console(
      isTerminal: output.isTerminal && ServiceManager.environment("NO_COLOR") == nil, width: output.columns,
      output: .standardOutput,
      write: { text throws(SystemError) in try output.write(text) },
      warn: { FileDescriptor.standardError.write($0) },
      interruption: { () throws(SystemError) in try SignalReader().leftOpen() })
    let code = Tool.run(CommandLine.arguments.dropFirst(), console)
    if code != .ok { BusSystem.Process.exit(code.rawValue) }
  }
}
