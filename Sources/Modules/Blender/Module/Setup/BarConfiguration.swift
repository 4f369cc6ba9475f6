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
  /// - Throws: `UsageError`; what is wrong in the file is written to standard error.
  init(file path: String) throws(UsageError) {
    do {
      self = try BarConfiguration(
        reading: try FileDescriptor.contents(of: path, bytesMax: SourceText.bytesMax), path: path)
    } catch let error as SettingsError {
      FileDescriptor.standardError.write(error.text)
      throw UsageError("--config: \(path) \(error.summary)")
    } catch {
      throw UsageError("--config: \(error)")
    }
  }

  /// Reads the text of a file.
  ///
  /// - Throws: everything that is wrong with it.
  init(reading bytes: [UInt8], path: String) throws(SettingsError) {
    var reader = BarConfigurationReader()
    self = try reader.read(bytes, path: path, advice: "no bar needs that much") { $0.configuration(in: $1) }
  }
}
