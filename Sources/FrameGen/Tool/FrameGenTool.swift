import FrameGenCore
import Glibc

/// The command line of the generator.
@main
enum FrameGenTool {
  static func main() {
    do {
      switch try Arguments.Action(CommandLine.arguments.dropFirst()) {
      case .help: try File.writeToStandardOutput(Arguments.usage)
      case .generate(let arguments): try generate(arguments)
      }
    } catch {
      let failure = ToolFailure(error)
      File.writeToStandardError(failure.text)
      exit(failure.exitCode)
    }
  }

  private static func generate(_ arguments: Arguments) throws {
    let schema = try File.read(arguments.input, bytesMax: FrameGenerator.schemaBytesMax)
    let text = try FrameGenerator(module: arguments.module)
      .generate(from: schema, path: arguments.input, including: DiskFiles())
    if let output = arguments.output {
      try File.update(output, with: text)
    } else {
      try File.writeToStandardOutput(text)
    }
  }
}
