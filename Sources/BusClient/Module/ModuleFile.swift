import BusSystem
import ProgramKit
import YAMLText

/// A file that says which program a module is and how it is started, such as `/etc/framebus/modules/candy.yaml`.
///
///     program: candy-dispenser
///     instance: 1
///     options:
///       port: /dev/serial/by-id/usb-left
///
/// The program reads its options from the same file. One that is not made with the SDK gets `arguments: [...]` instead.
package struct ModuleFile {
  /// Where the files of this machine are.
  package static let folder = "/etc/framebus/modules"

  /// The program, and what it is started with.
  package let command: [String]
  /// Whether the program reads the rest of the file itself.
  package var readsSettings: Bool { command.dropFirst().first == "--settings" }

  /// Reads a file.
  ///
  /// - Parameter path: where it is.
  /// - Throws: `SystemError` if it cannot be read, `SettingsError` if it does not say how to start a module.
  package init(path: String) throws {
    let bytes = try FileDescriptor.contents(of: path, bytesMax: SourceText.bytesMax)
    var reading = Reading()
    command = try reading.read(bytes, path: path, advice: "options of a module need a few lines") { reading, root in
      reading.command(root, path: path)
    }
  }

  private struct Reading: YAMLReading {
    var diagnostics: [Diagnostic] = []

    mutating func command(_ root: YAMLNode?, path: String) -> [String] {
      let sdkKeys = ["name", "instance", "options"]
      guard let root, !root.isEmpty else {
        report(.start(of: path), Self.missing)
        return []
      }
      guard let values = mapping(root, keys: ["program"] + sdkKeys + ["arguments"], of: "the settings") else {
        return []
      }
      if values["program"] == nil { report(root.position, Self.missing) }
      guard let program = text(values["program"], key: "program")?.value else { return [] }
      guard let list = values["arguments"] else { return [program, "--settings", path] }
      if let key = sdkKeys.first(where: { values[$0] != nil }) {
        report(list.position, "a program that is started with 'arguments' does not read '\(key)'; give it an argument")
      }
      guard case .sequence(let items) = list.content else {
        report(list.position, "'arguments' must be a list such as [--port, /dev/ttyUSB0]")
        return []
      }
      return [program] + items.compactMap { text($0, key: "arguments")?.value }
    }

    private static let missing = "there is no 'program'; name the module's program, such as program: candy-dispenser"
  }
}
