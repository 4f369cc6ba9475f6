import EvominBridgeProtocol
import YAMLText

extension EvominMap {
  /// A larger file is a mistake.
  static var fileBytesMax: Int { SourceText.bytesMax }

  /// Reads the text of an `evomin.yaml`; docs/EVOMIN.md explains the keys.
  ///
  /// - Parameters:
  ///   - bytes: what the file holds.
  ///   - path: the file's path as the user wrote it.
  ///   - instance: of which instance a frame is where the file does not say.
  ///   - payloadBytesMax: what the device can receive.
  /// - Throws: everything that is wrong with it.
  init(
    reading bytes: [UInt8], path: String = "evomin.yaml", instance: UInt8 = 0,
    payloadBytesMax: Int = EvominFrame.payloadBytesMax
  ) throws(EvominMapError) {
    if let problem = SourceText.problem(in: bytes, file: path, advice: "no device needs that much") {
      throw EvominMapError([problem])
    }
    var parser = YAMLParser(bytes, file: path)
    let root: YAMLNode?
    do throws(Diagnostic) {
      root = try parser.parse()
    } catch {
      throw EvominMapError(parser.diagnostics + [error])
    }
    var reader = EvominMapReader(
      instance: instance, payloadBytesMax: payloadBytesMax, diagnostics: parser.diagnostics)
    let routes = reader.routes(in: root, path: path)
    guard reader.diagnostics.isEmpty else { throw EvominMapError(reader.diagnostics) }
    self.init(routes)
  }
}
