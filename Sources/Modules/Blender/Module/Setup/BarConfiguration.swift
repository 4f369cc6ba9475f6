import BlenderProtocol
import BusClient
import YAMLText

/// What a person wrote about the bar in a `blender.yaml`. The module never writes it.
struct BarConfiguration {
  var setup = BarSetup()
  /// The label of the GPIO chip, or the path of its device; nil for that of a Raspberry Pi's header.
  var chip: String?
  /// The lines of the pumps.
  var pins = PumpLines.usualPins
  /// Whether a low line switches a pump on.
  var isActiveLow = false
  /// Where screens connect to, unless the command line says so.
  var address = BusAddress.tcp(host: "127.0.0.1", port: 8765)
  /// Names of this machine, beside localhost and its addresses, that a browser may ask it by.
  var hosts: [String] = []
  /// Where pages may come from that use it, beside its own.
  var origins: [String] = []

  /// The usual bar.
  init() {}

  /// The lines that the pumps are at.
  var lines: PumpLines { PumpLines(.gpio(chip: chip, lines: pins, isActiveLow: isActiveLow)) }

  /// Reads a file.
  ///
  /// - Throws: `UsageError` with everything that is wrong with it.
  init(file path: String) throws(UsageError) {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try FileDescriptor.contents(of: path, bytesMax: SourceText.bytesMax)
    } catch {
      throw UsageError("\(error)")
    }
    self = try BarConfiguration(reading: bytes, path: path)
  }

  /// Reads the text of a file.
  ///
  /// - Throws: `UsageError` with everything that is wrong with it.
  init(reading bytes: [UInt8], path: String) throws(UsageError) {
    if let problem = SourceText.problem(in: bytes, file: path, advice: "no bar needs that much") {
      throw UsageError(problem.text)
    }
    var parser = YAMLParser(bytes, file: path)
    let root: YAMLNode?
    do throws(Diagnostic) {
      root = try parser.parse()
    } catch {
      throw UsageError((parser.diagnostics + [error]).map(\.text).joined(separator: "\n"))
    }
    var reader = BarConfigurationReader(diagnostics: parser.diagnostics)
    self = reader.configuration(in: root)
    guard reader.diagnostics.isEmpty else {
      throw UsageError(reader.diagnostics.sorted { $0.position < $1.position }.map(\.text).joined(separator: "\n"))
    }
  }
}
