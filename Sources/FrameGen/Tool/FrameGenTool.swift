import FrameGenCore
import Glibc

/// The command line of the generator.
@main
enum FrameGenTool {
  static func main() {
    do throws(ToolError) {
      switch try Arguments.Action(CommandLine.arguments.dropFirst()) {
      case .help: try File.writeToStandardOutput(Arguments.usage)
      case .generate(let arguments): try generate(arguments)
      }
    } catch {
      File.writeToStandardError(error.text)
      exit(error.exitCode)
    }
  }

  private static func generate(_ arguments: Arguments) throws(ToolError) {
    let schema = try File.read(arguments.input, bytesMax: FrameGenerator.schemaBytesMax)
    let text: String
    do throws(SchemaError) {
      text = try FrameGenerator(language: arguments.language, module: arguments.module).generate(from: schema)
    } catch {
      throw .schema(error, path: arguments.input)
    }
    if let output = arguments.output {
      try File.update(output, with: text)
    } else {
      try File.writeToStandardOutput(text)
    }
  }
}
