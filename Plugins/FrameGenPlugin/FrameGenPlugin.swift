import Foundation
import PackagePlugin

/// Runs `frame-gen` on the `frames.yaml` of a target before the target is compiled.
@main
struct FrameGenPlugin: BuildToolPlugin {
  /// One command: the schema beside the target's sources, else the one at the package's root.
  func createBuildCommands(context: PluginContext, target: Target) async throws -> [Command] {
    let candidates = [target.directoryURL, context.package.directoryURL].map { $0.appending(path: "frames.yaml") }
    guard let schema = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      Diagnostics.error("no frames.yaml for target '\(target.name)'; put one at \(candidates[0].path)")
      return []
    }
    let module = (target as? SwiftSourceModuleTarget)?.moduleName ?? target.name
    let output = context.pluginWorkDirectoryURL.appending(path: "Frames.generated.swift")
    return [
      .buildCommand(
        displayName: "Generating frames of \(module)",
        executable: try context.tool(named: "frame-gen").url,
        arguments: ["--lang", "swift", "--module", module, schema.path, output.path],
        inputFiles: [schema],
        outputFiles: [output])
    ]
  }
}
