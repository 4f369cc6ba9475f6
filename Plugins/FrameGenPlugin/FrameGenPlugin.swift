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
        arguments: ["--module", module, schema.path, output.path],
        inputFiles: [schema] + inputs(below: schema.deletingLastPathComponent()).filter { $0.path != schema.path },
        outputFiles: [output])
    ]
  }

  /// Every file that the schema may include, and every folder, because a new file changes its folder.
  ///
  /// `frame-gen` decides which of them it reads; that others are among them costs a run that changes nothing.
  private func inputs(below directory: URL) -> [URL] {
    let sources = directory.appending(path: "Sources")
    let start = FileManager.default.fileExists(atPath: sources.path) ? sources : directory
    let found = FileManager.default.enumerator(
      at: start, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
    let urls = (found?.allObjects as? [URL] ?? []).filter { $0.hasDirectoryPath || $0.pathExtension == "yaml" }
    return ([start] + urls).sorted { $0.path < $1.path }
  }
}
